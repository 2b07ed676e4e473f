/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-share-actions.h"

#include <glib/gi18n.h>

#include "app/pw-dialogs.h"

struct _PwShareActions {
  grefcount ref_count;
  PwUploads *uploads;
  AdwToastOverlay *overlay;     /* NULL: the window is gone */
};

/* A question that is open, or a link that is being made. */
typedef struct {
  PwShareActions *actions;
  PwUpload *upload;
} Asked;

static const struct {
  const char *id;
  guint64 seconds;
} lives[] = {
  { "hour", 60 * 60 },
  { "day", 24 * 60 * 60 },
  { "week", 7 * 24 * 60 * 60 },
};

static void
tell (PwShareActions *self,
      const char     *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  if (self->overlay)
    adw_toast_overlay_add_toast (self->overlay, adw_toast_new (escaped));
}

static void
copy (PwShareActions *self,
      const char     *text)
{
  if (self->overlay)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self->overlay)), text);
}

static PwUpload *
find (PwShareActions *self,
      GVariant       *target)
{
  PwUpload *upload = pw_uploads_lookup (self->uploads, g_variant_get_string (target, NULL));

  return upload && upload->state == PW_UPLOAD_DONE ? upload : NULL;
}

static void
copy_address_cb (GSimpleAction *action,
                 GVariant      *target,
                 gpointer       data)
{
  PwShareActions *self = data;
  PwUpload *upload = find (self, target);
  g_autoptr (PwDestination) learned = NULL;
  g_autofree char *address = NULL;

  if (!upload)
    return;
  learned = pw_uploads_dup_learned (self->uploads, upload->destination);
  address = pw_link_dup_address (learned ? learned : upload->destination, upload->key);
  if (address)
    copy (self, address);
  tell (self, address ? _("Address copied")
                      : _("The backend of this destination does not tell the address."));
}

/* A link. */

static void
unref (PwShareActions *self)
{
  if (g_ref_count_dec (&self->ref_count))
    g_free (self);
}

static Asked *
asked_new (PwShareActions *self,
           PwUpload       *upload)
{
  Asked *asked = g_new0 (Asked, 1);

  g_ref_count_inc (&self->ref_count);
  asked->actions = self;
  asked->upload = g_object_ref (upload);
  return asked;
}

static void
asked_free (Asked *asked)
{
  unref (asked->actions);
  g_object_unref (asked->upload);
  g_free (asked);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

char *
pw_share_dup_copied (const PwLink *link,
                     gint64        now)
{
  g_autoptr (GDateTime) today = g_date_time_new_from_unix_local (now);
  g_autoptr (GDateTime) end = g_date_time_new_from_unix_local (link->expires);
  g_autofree char *when = NULL;

  if (g_date_time_get_year (today) == g_date_time_get_year (end)
      && g_date_time_get_day_of_year (today) == g_date_time_get_day_of_year (end))
    /* Translators: a time of today, as strftime() writes it. */
    when = g_date_time_format (end, _("%H:%M"));
  else
    /* Translators: a day and a time, as strftime() writes them. */
    when = g_date_time_format (end, _("%-e %B, %H:%M"));
  return g_strdup_printf (link->may_end_sooner
                          /* Translators: "14:30" or "3 December, 14:30". */
                          ? _("Link copied — works until %s, or until its keys expire")
                          : _("Link copied — works until %s"), when);
}

static void
made_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PwLink) link = pw_link_new_finish (result, &error);
  g_autofree char *sentence = NULL;

  if (!link) {
    tell (asked->actions, error->message);
    return;
  }
  copy (asked->actions, link->url);
  sentence = pw_share_dup_copied (link, g_get_real_time () / G_USEC_PER_SEC);
  tell (asked->actions, sentence);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (Asked) asked = data;
  g_autofree char *id = pw_dialogs_ask_finish (result);

  for (guint i = 0; i < G_N_ELEMENTS (lives); i++) {
    if (g_strcmp0 (id, lives[i].id) == 0 && asked->actions->overlay) {
      PwUploads *uploads = asked->actions->uploads;
      PwUpload *upload = asked->upload;

      pw_link_new_async (uploads, upload->destination, upload->key, lives[i].seconds, made_cb,
                         g_steal_pointer (&asked));
      return;
    }
  }
}

static void
copy_link_cb (GSimpleAction *action,
              GVariant      *target,
              gpointer       data)
{
  const PwResponse responses[] = {
    { "cancel", _("_Cancel"), ADW_RESPONSE_DEFAULT },
    { "hour", _("1 _Hour"), ADW_RESPONSE_DEFAULT },
    { "day", _("1 _Day"), ADW_RESPONSE_SUGGESTED },
    { "week", _("7 D_ays"), ADW_RESPONSE_DEFAULT },
    { NULL, NULL, ADW_RESPONSE_DEFAULT }
  };
  PwShareActions *self = data;
  PwUpload *upload = find (self, target);
  g_autofree char *body = NULL;

  if (!upload)
    return;
  if (upload->destination->kind != PW_DESTINATION_S3) {
    tell (self, _("The backend of this destination gives out no links."));
    return;
  }
  body = g_strdup_printf (_("Whoever has the link can download “%s” until it expires."),
                          upload->name);
  pw_dialogs_ask (GTK_WIDGET (self->overlay), _("Copy Link"), body, responses, "day",
                  answered_cb, asked_new (self, upload));
}

PwShareActions *
pw_share_actions_new (GActionMap      *map,
                      PwUploads       *uploads,
                      AdwToastOverlay *overlay)
{
  static const GActionEntry entries[] = {
    { "copy-address", copy_address_cb, "s", NULL, NULL },
    { "copy-link", copy_link_cb, "s", NULL, NULL },
  };
  PwShareActions *self = g_new0 (PwShareActions, 1);

  g_ref_count_init (&self->ref_count);
  self->uploads = uploads;
  self->overlay = overlay;
  g_action_map_add_action_entries (map, entries, G_N_ELEMENTS (entries), self);
  return self;
}

void
pw_share_actions_free (PwShareActions *self)
{
  self->overlay = NULL;
  unref (self);
}
