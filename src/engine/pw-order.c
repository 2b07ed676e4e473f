/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-order.h"

PwOrder *
pw_order_new (const char    *id,
              const char    *path,
              const char    *key,
              PwDestination *destination,
              PwAuthority   *authority,
              const char    *journals)
{
  PwOrder *self = g_new0 (PwOrder, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->id = g_strdup (id);
  self->path = g_strdup (path);
  self->key = g_strdup (key);
  self->destination = g_object_ref (destination);
  self->authority = pw_authority_ref (authority);
  self->journals = g_strdup (journals);
  self->if_exists = destination->if_exists;
  return self;
}

PwOrder *
pw_order_ref (PwOrder *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
pw_order_unref (PwOrder *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  pw_order_release (self);
  g_free (self->id);
  g_free (self->path);
  g_free (self->key);
  g_free (self->asked_key);
  g_object_unref (self->destination);
  pw_authority_unref (self->authority);
  g_free (self->journals);
  g_free (self->content_type);
  g_free (self->upload_id);
  g_free (self->own_etag);
  g_free (self->parts);
  g_free (self->states);
  g_free (self->note);
  g_free (self->etag);
  g_free (self->verification);
  g_free (self);
}

void
pw_order_set_plan (PwOrder      *self,
                   const S3Plan *plan)
{
  self->plan = *plan;
  g_free (self->parts);
  g_free (self->states);
  self->parts = g_new0 (S3CompletedPart, plan->n_parts);
  self->states = g_new0 (guint8, plan->n_parts);
  for (guint i = 0; i < plan->n_parts; i++)
    self->parts[i].part_number = i + 1;
}

void
pw_order_announce (PwOrder *self)
{
  g_autofree guint *numbers = g_new (guint, MAX (1, self->plan.n_parts));
  guint n = 0;

  for (guint i = 0; i < self->plan.n_parts; i++) {
    if (!pw_part_state_is_safe (self->states[i]))
      numbers[n++] = i + 1;
  }
  pw_authority_expect (self->authority, &(PwComing) {
    .key = self->key, .upload_id = self->upload_id, .plan = &self->plan, .part_numbers = numbers,
    .n_parts = n, .kind = self->kind, .source = self->source,
  });
}

void
pw_order_release_source (PwOrder *self)
{
  /* Who prepares its parts may hold the file, too. */
  if (self->upload_id)
    pw_authority_forget (self->authority, self->upload_id);
  g_clear_pointer (&self->source, pw_source_unref);
}

void
pw_order_release (PwOrder *self)
{
  pw_order_release_source (self);
  g_clear_pointer (&self->journal, pw_journal_unref);
}

gboolean
pw_order_is_open (PwOrder *self)
{
  return self->source || self->journal;
}

S3ObjectOptions
pw_order_get_options (PwOrder *self)
{
  PwDestination *to = self->destination;

  return (S3ObjectOptions) {
    .content_type = to->content_type ? to->content_type : self->content_type,
    .storage_class = to->storage_class,
    .encryption = to->encryption,
    .kms_key_id = to->kms_key_id,
    .acl = to->acl,
    .tagging = to->tagging,
    .metadata = (const char *const *) to->metadata,
    .cache_control = to->cache_control,
  };
}

gboolean
pw_part_state_is_safe (guint8 state)
{
  return state == PW_PART_SAFE || state == PW_PART_RESUMED || state == PW_PART_PROVED;
}
