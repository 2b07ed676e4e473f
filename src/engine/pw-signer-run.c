/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-signer-run.h"

#include "engine/pw-dialect.h"

#define BLOCK ((gsize) 256 * 1024)

PwSignerRun *
pw_signer_run_new (const PwComing *coming)
{
  PwSignerRun *run = g_new0 (PwSignerRun, 1);

  run->key = g_strdup (coming->key);
  run->upload_id = g_strdup (coming->upload_id);
  run->plan = *coming->plan;
  run->kind = coming->kind;
  run->source = coming->source ? pw_source_ref (coming->source) : NULL;
  run->states = g_new0 (guint8, run->plan.n_parts);
  run->next = 1;
  run->ready = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) pw_signed_free);
  for (guint i = 0; i < coming->n_parts; i++)
    run->states[coming->part_numbers[i] - 1] = PW_URL_WANTED;
  return run;
}

void
pw_signer_run_free (gpointer data)
{
  PwSignerRun *run = data;

  g_free (run->key);
  g_free (run->upload_id);
  g_clear_pointer (&run->source, pw_source_unref);
  g_free (run->states);
  g_hash_table_unref (run->ready);
  g_free (run);
}

guint
pw_signer_run_find_wanted (PwSignerRun *run)
{
  while (run->next <= run->plan.n_parts && run->states[run->next - 1] != PW_URL_WANTED)
    run->next++;
  return run->next <= run->plan.n_parts ? run->next : 0;
}

void
pw_signer_order_fill (PwSignerOrder *self,
                      PwSignerRun   *run,
                      guint          window,
                      guint          batch)
{
  guint n;

  *self = (PwSignerOrder) {
    .generation = run->generation, .key = g_strdup (run->key),
    .upload_id = g_strdup (run->upload_id), .plan = run->plan, .kind = run->kind,
    .source = run->source ? pw_source_ref (run->source) : NULL,
  };
  while (self->n_wanted < MIN (batch, PW_SIGNER_WINDOW_MAX) && run->n_ahead < window
         && (n = pw_signer_run_find_wanted (run)) != 0) {
    self->wanted[self->n_wanted++] = (PwWantedPart) {
      .part_number = n, .size = s3_plan_get_length (&run->plan, n),
    };
    run->states[n - 1] = PW_URL_ASKED;
    run->n_ahead++;
  }
}

void
pw_signer_order_clear (PwSignerOrder *self)
{
  g_free (self->key);
  g_free (self->upload_id);
  g_clear_pointer (&self->source, pw_source_unref);
}

static gboolean
sum_part (PwSignerOrder *self,
          PwWantedPart  *part,
          guint8        *block,
          const gint    *stop)
{
  guint64 offset = s3_plan_get_offset (&self->plan, part->part_number);
  g_autoptr (S3Summer) summer = s3_summer_new (self->kind);

  for (guint64 done = 0; done < part->size;) {
    gsize n = (gsize) MIN (BLOCK, part->size - done);

    if (g_atomic_int_get (stop)
        || !pw_source_read (self->source, offset + done, block, n, NULL))
      return FALSE;
    s3_summer_update (summer, block, n);
    done += n;
  }
  s3_summer_finish (summer, &part->checksum);
  return TRUE;
}

gboolean
pw_signer_order_sum (PwSignerOrder *self,
                     const gint    *stop)
{
  g_autofree guint8 *block = NULL;

  if (self->kind != S3_CHECKSUM_CRC64NVME || !self->source)
    return TRUE;
  block = g_malloc (BLOCK);
  for (guint i = 0; i < self->n_wanted; i++) {
    if (!sum_part (self, &self->wanted[i], block, stop))
      return FALSE;
  }
  return TRUE;
}
