/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-body.h"

#include <string.h>

#include "engine/pw-error.h"

static gboolean
check_stop (PwJob   *job,
            GError **error)
{
  if (!pw_job_is_stopped (job))
    return TRUE;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_CANCELLED,
                       pw_error_get_title (PW_ERROR_CANCELLED));
  return FALSE;
}

/* Block by block, so that each is summed where it was read, in the cache. */
static gboolean
read_and_sum (const PwBody *self,
              PwJob        *job,
              PwBench      *bench,
              guint8       *memory,
              S3Summer     *first,
              S3Summer     *second,
              GError      **error)
{
  if (!memory && !bench->scratch)
    bench->scratch = g_malloc (PW_SCRATCH_SIZE);

  for (guint64 done = 0; done < self->size;) {
    gsize n = MIN (PW_SCRATCH_SIZE, self->size - done);
    guint8 *block = memory ? memory + done : bench->scratch;

    if (!check_stop (job, error)
        || !pw_source_read (self->source, self->offset + done, block, n, error))
      return FALSE;
    if (first)
      s3_summer_update (first, block, n);
    if (second)
      s3_summer_update (second, block, n);
    done += n;
  }
  return TRUE;
}

gboolean
pw_body_prepare (PwBody         *self,
                 PwJob          *job,
                 PwBench        *bench,
                 guint64         offset,
                 guint64         size,
                 S3ChecksumKind  kind,
                 S3Checksum     *checksum,
                 S3Checksum     *sha256,
                 GError        **error)
{
  g_autoptr (S3Summer) first = kind != S3_CHECKSUM_NONE ? s3_summer_new (kind) : NULL;
  g_autoptr (S3Summer) second = sha256 ? s3_summer_new (S3_CHECKSUM_SHA256) : NULL;
  guint8 *memory = NULL;

  *self = (PwBody) {
    .source = job->order->source, .offset = offset, .size = size, .throttle = bench->throttle,
  };
  /* Parts are read one by one, over hours: together they must be one version of the file. */
  if (job->order->plan.n_parts > 0)
    pw_source_watch (self->source, offset, size);
  /* A buffer larger than the whole budget can never be had; do not give up a smaller one for it. */
  if (size <= 64 * 1024 * 1024)
    memory = pw_bench_get_buffer (bench, (gsize) size);
  if (!memory)
    pw_source_will_need (self->source, offset, size);
  if ((memory || first || second)
      && !read_and_sum (self, job, bench, memory, first, second, error))
    return FALSE;

  self->memory = memory;
  checksum->kind = S3_CHECKSUM_NONE;
  if (first)
    s3_summer_finish (first, checksum);
  if (second)
    s3_summer_finish (second, sha256);
  return TRUE;
}

gboolean
pw_body_sum (const PwBody   *self,
             PwJob          *job,
             PwBench        *bench,
             S3ChecksumKind  kind,
             S3Checksum     *checksum,
             GError        **error)
{
  g_autoptr (S3Summer) summer = NULL;

  if (self->memory) {
    s3_checksum_compute (checksum, kind, self->memory, (gsize) self->size);
    return TRUE;
  }
  summer = s3_summer_new (kind);
  if (!read_and_sum (self, job, bench, NULL, summer, NULL, error))
    return FALSE;
  s3_summer_finish (summer, checksum);
  return TRUE;
}

gssize
pw_body_read (gpointer   body,
              guint64    offset,
              void      *buffer,
              gsize      size,
              guint     *wait_ms,
              GError   **error)
{
  const PwBody *self = body;
  gsize n = pw_throttle_take (self->throttle, MIN (size, self->size - offset),
                              g_get_monotonic_time (), wait_ms);

  if (n == 0)
    return HTTP_BODY_WAIT;
  if (self->memory)
    memcpy (buffer, self->memory + offset, n);
  else if (!pw_source_read (self->source, self->offset + offset, buffer, n, error))
    return HTTP_BODY_FAILED;
  return (gssize) n;
}
