/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-leftover.h"

#include <glib/gi18n.h>

#include "app/pw-words.h"
#include "engine/pw-asking.h"
#include "engine/pw-format.h"
#include "engine/pw-unfinished.h"

#define SECONDS_A_DAY (24 * 60 * 60)

G_DEFINE_FINAL_TYPE (PwLeftover, pw_leftover, G_TYPE_OBJECT)

static void
pw_leftover_finalize (GObject *object)
{
  PwLeftover *self = PW_LEFTOVER (object);

  g_free (self->key);
  g_free (self->upload_id);
  g_free (self->known_id);
  G_OBJECT_CLASS (pw_leftover_parent_class)->finalize (object);
}

static void
pw_leftover_class_init (PwLeftoverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pw_leftover_finalize;
}

static void
pw_leftover_init (PwLeftover *self)
{
}

gboolean
pw_leftover_is_older (PwLeftover *self,
                      guint       days,
                      gint64      now)
{
  return self->initiated > 0 && now - self->initiated > (gint64) days * SECONDS_A_DAY;
}

char *
pw_leftover_dup_sentence (PwLeftover *self,
                          gint64      now)
{
  g_autofree char *ago = self->initiated > 0 ? pw_words_dup_ago (self->initiated, now)
                                             : g_strdup (_("some time ago"));
  g_autofree char *size = pw_format_size (self->size);

  /* Translators: when it was begun ("3 days ago"), and what of it is at the store. */
  return g_strdup_printf (ngettext ("Begun %s — %s in %u part", "Begun %s — %s in %u parts",
                                    self->n_parts), ago, size, self->n_parts);
}

/* Listing. */

typedef struct {
  char *prefix;
  char *journals;
  GPtrArray *found;             /* PwLeftover */
} Listing;

static void
listing_free (gpointer data)
{
  Listing *self = data;

  g_free (self->prefix);
  g_free (self->journals);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_free (self);
}

static gboolean
found_cb (const S3ListedUpload  *upload,
          gpointer               data,
          GError               **error)
{
  Listing *self = data;
  PwLeftover *leftover = g_object_new (PW_TYPE_LEFTOVER, NULL);

  leftover->key = g_strdup (upload->key);
  leftover->upload_id = g_strdup (upload->upload_id);
  leftover->initiated = upload->initiated;
  g_ptr_array_add (self->found, leftover);
  return self->found->len < PW_MAX_LEFTOVERS;
}

static gboolean
measure (Listing      *self,
         PwAuthority  *authority,
         PwExchange   *exchange,
         GError      **error)
{
  for (guint i = self->found->len; i > 0; i--) {
    PwLeftover *leftover = g_ptr_array_index (self->found, i - 1);
    g_auto (PwHeld) held = { 0 };

    if (!pw_unfinished_measure (authority, exchange, leftover->key, leftover->upload_id, &held,
                                error))
      return FALSE;
    leftover->size = held.size;
    leftover->n_parts = held.parts->len;
    if (held.is_gone)
      g_ptr_array_remove_index (self->found, i - 1);
  }
  return TRUE;
}

static gboolean
load (gpointer      data,
      PwAuthority  *authority,
      PwExchange   *exchange,
      GError      **error)
{
  Listing *self = data;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GHashTable) known = NULL;

  if (!pw_unfinished_walk (authority, exchange, self->prefix, found_cb, self, &problem)
      && problem) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  known = pw_journal_list_upload_ids (self->journals);
  for (guint i = 0; i < self->found->len; i++) {
    PwLeftover *leftover = g_ptr_array_index (self->found, i);

    leftover->known_id = g_strdup (g_hash_table_lookup (known, leftover->upload_id));
  }
  return measure (self, authority, exchange, error);
}

void
pw_leftovers_load_async (PwUploads           *uploads,
                         PwDestination       *destination,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  Listing *self = g_new0 (Listing, 1);

  self->prefix = g_strdup (destination->prefix);
  self->journals = g_strdup (pw_uploads_get_journals (uploads));
  self->found = g_ptr_array_new_with_free_func (g_object_unref);
  pw_asking_async (uploads, destination, load, self, listing_free, cancellable, callback,
                   user_data);
}

GPtrArray *
pw_leftovers_load_finish (GAsyncResult  *result,
                          GError       **error)
{
  Listing *self = pw_asking_finish (result, error);
  GPtrArray *found;

  if (!self)
    return NULL;
  found = g_steal_pointer (&self->found);
  listing_free (self);
  return found;
}

/* Deleting. */

static gboolean
delete (gpointer      data,
        PwAuthority  *authority,
        PwExchange   *exchange,
        GError      **error)
{
  GPtrArray *leftovers = data;

  for (guint i = 0; i < leftovers->len; i++) {
    PwLeftover *leftover = g_ptr_array_index (leftovers, i);

    if (!pw_unfinished_delete (authority, exchange, leftover->key, leftover->upload_id, error))
      return FALSE;
  }
  return TRUE;
}

void
pw_leftovers_delete_async (PwUploads           *uploads,
                           PwDestination       *destination,
                           GPtrArray           *leftovers,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  pw_asking_async (uploads, destination, delete, g_ptr_array_ref (leftovers),
                   (GDestroyNotify) g_ptr_array_unref, cancellable, callback, user_data);
}

gboolean
pw_leftovers_delete_finish (GAsyncResult  *result,
                            GError       **error)
{
  g_autoptr (GPtrArray) leftovers = pw_asking_finish (result, error);

  return leftovers != NULL;
}
