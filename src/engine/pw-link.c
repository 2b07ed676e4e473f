/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-link.h"

#include "engine/pw-asking.h"
#include "engine/pw-authority-keys.h"

char *
pw_link_dup_address (PwDestination *destination,
                     const char    *key)
{
  g_autoptr (S3Address) address = NULL;

  if (destination->kind != PW_DESTINATION_S3 || !s3_key_check (key, NULL))
    return NULL;
  address = pw_destination_dup_address (destination, NULL);
  return address ? s3_address_dup_url (address, key, NULL) : NULL;
}

void
pw_link_free (PwLink *self)
{
  g_free (self->key);
  g_free (self->url);
  g_free (self);
}

static gboolean
make (gpointer      data,
      PwAuthority  *authority,
      PwExchange   *exchange,
      GError      **error)
{
  PwLink *self = data;

  self->url = pw_authority_keys_dup_link (authority, self->key, self->wanted_s, &self->expires,
                                          &self->may_end_sooner, error);
  return self->url != NULL;
}

void
pw_link_new_async (PwUploads           *uploads,
                   PwDestination       *destination,
                   const char          *key,
                   guint64              wanted_s,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  PwLink *self;

  g_return_if_fail (destination->kind == PW_DESTINATION_S3);

  self = g_new0 (PwLink, 1);
  self->key = g_strdup (key);
  self->wanted_s = wanted_s;
  pw_asking_async (uploads, destination, make, self, (GDestroyNotify) pw_link_free, NULL, callback,
                   user_data);
}

PwLink *
pw_link_new_finish (GAsyncResult  *result,
                    GError       **error)
{
  return pw_asking_finish (result, error);
}
