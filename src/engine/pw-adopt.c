/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-adopt.h"

#include "engine/pw-adding.h"
#include "engine/pw-asking.h"
#include "engine/pw-error.h"
#include "engine/pw-unfinished.h"

#include <glib/gi18n-lib.h>

typedef struct {
  char *id;                     /* of the upload to be */
  char *key;
  char *upload_id;
  char *path;
  char *journals;
  PwDestination *destination;
  PwHeld held;
  PwIdentity identity;
  S3Plan plan;
  S3ChecksumKind kind;
} PwAdoption;

static void
adoption_free (gpointer data)
{
  PwAdoption *self = data;

  g_free (self->id);
  g_free (self->key);
  g_free (self->upload_id);
  g_free (self->path);
  g_free (self->journals);
  g_object_unref (self->destination);
  pw_held_clear (&self->held);
  g_free (self);
}

/* All parts but the last are of one size. Parts that do not follow the plan are sent anew. */
static gboolean
plan (PwAdoption   *self,
      PwAuthority  *authority,
      GError      **error)
{
  guint64 part_size = 0, n_parts;
  guint last = 0;

  for (guint i = 0; i < self->held.parts->len; i++) {
    const S3ListedPart *part = &g_array_index (self->held.parts, S3ListedPart, i);

    last = MAX (last, part->part_number);
    if (part->size != PW_SIZE_UNKNOWN)
      part_size = MAX (part_size, part->size);
  }
  if (part_size == 0)
    part_size = authority->limits->usual_part_size;
  n_parts = MAX (1, self->identity.size / part_size + (self->identity.size % part_size != 0));
  if (last > n_parts || n_parts > authority->limits->max_parts) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_PLAN,
                         _("This cannot be the file: its size does not fit the parts that are at "
                           "the store."));
    return FALSE;
  }
  self->plan = (S3Plan) {
    .size = self->identity.size, .part_size = part_size, .n_parts = (guint) n_parts,
  };
  return TRUE;
}

/* Parts that are sent now must carry what those carry that are there. */
static gboolean
find_kind (PwAdoption  *self,
           GError     **error)
{
  self->kind = S3_CHECKSUM_MD5;
  for (guint i = 0; i < self->held.parts->len; i++) {
    S3ChecksumKind kind = g_array_index (self->held.parts, S3ListedPart, i).checksum.kind;

    if (kind == S3_CHECKSUM_CRC32 || kind == S3_CHECKSUM_SHA1) {
      g_set_error (error, PW_ERROR, PW_ERROR_UNSUPPORTED,
                   _("The program that began this upload gave its parts %s checksums, which "
                     "Partway cannot make."), s3_checksum_get_name (kind));
      return FALSE;
    }
    if (kind != S3_CHECKSUM_NONE)
      self->kind = kind;
  }
  return TRUE;
}

static gboolean
fill_journal (PwAdoption  *self,
              PwJournal   *journal,
              GError     **error)
{
  if (!pw_journal_add_upload_id (journal, self->upload_id, self->key, self->kind, NULL, error))
    return FALSE;
  for (guint i = 0; i < self->held.parts->len; i++) {
    const S3ListedPart *part = &g_array_index (self->held.parts, S3ListedPart, i);

    if (!pw_journal_add_part (journal, part->part_number, part->etag, &part->checksum, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_journal (PwAdoption  *self,
               GError     **error)
{
  g_autofree char *destination = pw_destination_to_json (self->destination);
  PwJournalIntent intent = {
    .id = self->id, .path = self->path, .key = self->key, .destination = destination,
    /* What is known of no file: so each part is read. */
    .identity = { .size = self->identity.size },
    .plan = self->plan, .checksum = self->kind, .options = (char *) PW_ADOPTED,
    .created = g_get_real_time () / G_USEC_PER_SEC,
  };
  g_autoptr (PwJournal) journal = pw_journal_create (self->journals, &intent, error);

  if (!journal)
    return FALSE;
  if (fill_journal (self, journal, error))
    return TRUE;
  pw_journal_delete (journal, NULL);
  return FALSE;
}

static gboolean
adopt (gpointer      data,
       PwAuthority  *authority,
       PwExchange   *exchange,
       GError      **error)
{
  PwAdoption *self = data;
  g_autoptr (PwSource) source = pw_source_open (self->path, error);

  if (!source || !pw_unfinished_measure (authority, exchange, self->key, self->upload_id,
                                         &self->held, error))
    return FALSE;
  if (self->held.is_gone) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_UPLOAD_GONE,
                         pw_error_get_title (PW_ERROR_UPLOAD_GONE));
    return FALSE;
  }
  self->identity = *pw_source_get_identity (source);
  return plan (self, authority, error) && find_kind (self, error) && write_journal (self, error);
}

void
pw_adopt_async (PwUploads           *uploads,
                PwDestination       *destination,
                const char          *key,
                const char          *upload_id,
                const char          *path,
                GCancellable        *cancellable,
                GAsyncReadyCallback  callback,
                gpointer             user_data)
{
  PwAdoption *self;

  g_return_if_fail (g_path_is_absolute (path));

  self = g_new0 (PwAdoption, 1);
  self->id = pw_new_id ();
  self->key = g_strdup (key);
  self->upload_id = g_strdup (upload_id);
  self->path = g_strdup (path);
  self->journals = g_strdup (pw_uploads_get_journals (uploads));
  self->destination = g_object_ref (destination);
  pw_asking_async (uploads, destination, adopt, self, adoption_free, cancellable, callback,
                   user_data);
}

PwUpload *
pw_adopt_finish (PwUploads     *uploads,
                 GAsyncResult  *result,
                 GError       **error)
{
  PwAdoption *self = pw_asking_finish (result, error);
  g_autoptr (PwUpload) upload = NULL;

  if (!self)
    return NULL;
  upload = pw_upload_new (self->id, self->path, self->key, self->identity.size,
                          self->destination);
  upload->was_begun = TRUE;
  pw_uploads_append (uploads, upload);
  adoption_free (self);
  return upload;
}
