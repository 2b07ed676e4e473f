/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-unfinished.h"

#include "engine/pw-error.h"

#include <glib/gi18n-lib.h>

void
pw_held_clear (PwHeld *self)
{
  g_clear_pointer (&self->parts, g_array_unref);
}

static gboolean
check_can_list (PwAuthority  *authority,
                GError      **error)
{
  if (pw_authority_can (authority, PW_CAN_LIST_UPLOADS))
    return TRUE;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_UNSUPPORTED,
                       _("This backend cannot list unfinished uploads. A lifecycle rule of the "
                         "bucket (AbortIncompleteMultipartUpload) deletes them."));
  return FALSE;
}

gboolean
pw_unfinished_walk (PwAuthority       *authority,
                    PwExchange        *exchange,
                    const char        *prefix,
                    PwUnfinishedFunc   func,
                    gpointer           user_data,
                    GError           **error)
{
  g_autofree char *key_marker = NULL, *id_marker = NULL;
  gboolean is_truncated = TRUE;

  if (!check_can_list (authority, error))
    return FALSE;
  while (is_truncated) {
    g_autoptr (S3UploadsPage) page = pw_authority_list_uploads (authority, exchange, prefix,
                                                                key_marker, id_marker, error);

    if (!page)
      return FALSE;
    for (guint i = 0; i < page->uploads->len; i++) {
      if (!func (g_ptr_array_index (page->uploads, i), user_data, error))
        return FALSE;
    }
    is_truncated = page->is_truncated && page->uploads->len > 0;
    g_free (key_marker);
    key_marker = g_steal_pointer (&page->next_key_marker);
    g_free (id_marker);
    id_marker = g_steal_pointer (&page->next_upload_id_marker);
  }
  return TRUE;
}

gboolean
pw_unfinished_measure (PwAuthority *authority,
                       PwExchange  *exchange,
                       const char  *key,
                       const char  *upload_id,
                       PwHeld      *held,
                       GError     **error)
{
  guint marker = 0;

  *held = (PwHeld) { .parts = g_array_new (FALSE, FALSE, sizeof (S3ListedPart)) };
  for (;;) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (S3PartsPage) page = pw_authority_list_parts (authority, exchange, key, upload_id,
                                                            marker, &problem);

    held->is_gone = !page && exchange->verdict == PW_VERDICT_UPLOAD_GONE;
    if (held->is_gone)
      return TRUE;
    if (!page) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    for (guint i = 0; i < page->parts->len; i++) {
      const S3ListedPart *part = &g_array_index (page->parts, S3ListedPart, i);

      g_array_append_val (held->parts, *part);
      held->size += part->size == PW_SIZE_UNKNOWN ? 0 : part->size;
    }
    if (!page->is_truncated || page->next_marker <= marker)
      return TRUE;
    marker = page->next_marker;
  }
}

gboolean
pw_unfinished_delete (PwAuthority *authority,
                      PwExchange  *exchange,
                      const char  *key,
                      const char  *upload_id,
                      GError     **error)
{
  g_autoptr (GError) problem = NULL;

  if (pw_authority_abort (authority, exchange, key, upload_id, &problem)
      || exchange->verdict == PW_VERDICT_UPLOAD_GONE)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}
