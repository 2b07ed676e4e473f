/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-conflicts.h"

#include <glib/gi18n.h>

#include "app/pw-dialogs.h"
#include "engine/pw-error.h"

/* So long none of the batch may come to it before all of them are asked about. */
#define QUIET_MS 400

struct _PwConflicts {
  PwUploads *uploads;
  GtkWidget *parent;
  GPtrArray *waiting;           /* PwUpload to be asked about */
  GPtrArray *asked;             /* those of the question that is open; or NULL */
  guint quiet_id;
};

static gboolean
is_conflict (PwUpload *upload)
{
  return upload->state == PW_UPLOAD_FAILED
         && g_error_matches (upload->error, PW_ERROR, PW_ERROR_EXISTS);
}

static gboolean
read_answer (const char *id,
             PwIfExists *answer)
{
  for (guint i = 0; pw_if_exists_ids[i]; i++) {
    if (g_strcmp0 (pw_if_exists_ids[i], id) == 0) {
      *answer = (PwIfExists) i;
      return TRUE;
    }
  }
  return FALSE;
}

/* Their rows say that they wait for an answer, from now on until they are taken from the list. */

static void
unask (gpointer data)
{
  g_autoptr (PwUpload) upload = data;

  pw_upload_set_asked (upload, FALSE);
}

static void
put (PwConflicts *self,
     PwUpload    *upload)
{
  pw_upload_set_asked (upload, TRUE);
  g_ptr_array_add (self->waiting, g_object_ref (upload));
}

static void ask (PwConflicts *self);

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  PwConflicts *self = data;
  g_autofree char *id = pw_dialogs_ask_finish (result);
  g_autoptr (GPtrArray) asked = NULL;
  PwIfExists answer;

  if (!id)
    return;
  asked = g_steal_pointer (&self->asked);
  for (guint i = 0; read_answer (id, &answer) && i < asked->len; i++) {
    PwUpload *upload = g_ptr_array_index (asked, i);

    if (is_conflict (upload))
      pw_upload_answer_exists (upload, answer);
  }
  ask (self);
}

static char *
dup_heading (GPtrArray *uploads)
{
  PwUpload *first = g_ptr_array_index (uploads, 0);

  if (uploads->len == 1)
    return g_strdup_printf (_("Replace “%s”?"), first->name);
  return g_strdup_printf (ngettext ("%u Object Exists Already", "%u Objects Exist Already",
                                    uploads->len), uploads->len);
}

static char *
dup_body (GPtrArray *uploads)
{
  GString *names = g_string_new (NULL);
  guint n_shown = MIN (uploads->len, 5);
  guint n_more = uploads->len - n_shown;

  if (uploads->len == 1)
    g_string_append (names, _("An object of this name is at the destination already."));
  for (guint i = 0; uploads->len > 1 && i < n_shown; i++) {
    PwUpload *upload = g_ptr_array_index (uploads, i);

    g_string_append_printf (names, "%s%s", i > 0 ? "\n" : "", upload->key);
  }
  if (n_more > 0) {
    g_string_append_c (names, '\n');
    g_string_append_printf (names, ngettext ("and %u more", "and %u more", n_more), n_more);
  }
  return g_string_free (names, FALSE);
}

static void
ask (PwConflicts *self)
{
  const PwResponse responses[] = {
    { "later", _("_Cancel"), ADW_RESPONSE_DEFAULT },
    { "skip", _("_Skip"), ADW_RESPONSE_DEFAULT },
    { "rename", _("_Keep Both"), ADW_RESPONSE_SUGGESTED },
    { "replace", _("_Replace"), ADW_RESPONSE_DESTRUCTIVE },
    { NULL, NULL, ADW_RESPONSE_DEFAULT }
  };
  g_autofree char *heading = NULL, *body = NULL;

  for (guint i = self->waiting->len; i > 0; i--) {
    if (!is_conflict (g_ptr_array_index (self->waiting, i - 1)))
      g_ptr_array_remove_index (self->waiting, i - 1);
  }
  if (self->asked || self->waiting->len == 0)
    return;
  self->asked = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (unask);
  heading = dup_heading (self->asked);
  body = dup_body (self->asked);
  pw_dialogs_ask (self->parent, heading, body, responses, "rename", answered_cb, self);
}

static gboolean
quiet_cb (gpointer data)
{
  PwConflicts *self = data;

  if (pw_uploads_is_adding (self->uploads))
    return G_SOURCE_CONTINUE;
  self->quiet_id = 0;
  ask (self);
  return G_SOURCE_REMOVE;
}

static void
add (PwConflicts *self,
     PwUpload    *upload)
{
  put (self, upload);
  g_clear_handle_id (&self->quiet_id, g_source_remove);
  self->quiet_id = g_timeout_add (QUIET_MS, quiet_cb, self);
}

/* What failed in an earlier run was asked about then. */
static void
changed_cb (PwUploads   *uploads,
            PwUpload    *upload,
            PwConflicts *self)
{
  if (is_conflict (upload) && upload->order)
    add (self, upload);
}

void
pw_conflicts_ask (PwConflicts *self,
                  PwUpload    *upload)
{
  put (self, upload);
  ask (self);
}

PwConflicts *
pw_conflicts_new (PwUploads *uploads,
                  GtkWidget *parent)
{
  PwConflicts *self = g_new0 (PwConflicts, 1);

  self->uploads = uploads;
  self->parent = parent;
  self->waiting = g_ptr_array_new_with_free_func (unask);
  g_signal_connect (uploads, "changed", G_CALLBACK (changed_cb), self);
  return self;
}

void
pw_conflicts_free (PwConflicts *self)
{
  g_signal_handlers_disconnect_by_data (self->uploads, self);
  g_clear_handle_id (&self->quiet_id, g_source_remove);
  g_clear_pointer (&self->asked, g_ptr_array_unref);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}
