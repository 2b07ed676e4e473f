/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-compare.h"

#include "config.h"
#include <glib/gi18n-lib.h>

#include "engine/pw-body.h"
#include "engine/pw-error.h"

gboolean
pw_compare_sum_part (PwCompare       *self,
                     guint            n,
                     S3ChecksumKind   kind,
                     S3Checksum      *checksum,
                     GError         **error)
{
  PwOrder *order = self->job->order;
  PwBody body;

  self->n_read++;
  return pw_body_prepare (&body, self->job, self->bench, s3_plan_get_offset (&order->plan, n),
                          s3_plan_get_length (&order->plan, n), kind, checksum, NULL, error);
}

static gboolean
etag_is_sum (const char       *etag,
             const S3Checksum *md5)
{
  g_autofree char *hex = s3_checksum_dup_hex (md5);

  return g_ascii_strcasecmp (etag, hex) == 0;
}

/* Reads the part from the file: does the store hold just these bytes? */
static gboolean
compare_with_file (PwCompare           *self,
                   guint                n,
                   const PwJournalPart *known,
                   gboolean            *is_same,
                   S3Checksum          *checksum,
                   GError             **error)
{
  const S3ListedPart *listed = &self->listed.parts[n - 1];
  S3Checksum md5;

  *is_same = FALSE;
  if (!pw_compare_sum_part (self, n, self->job->order->kind, checksum, error))
    return FALSE;
  /* What the store says it holds counts for more than what it said when it took it. */
  if (listed->checksum.kind != S3_CHECKSUM_NONE && listed->checksum.kind == checksum->kind) {
    *is_same = s3_checksum_equal (&listed->checksum, checksum);
    return TRUE;
  }
  if (known && known->is_safe && g_str_equal (known->etag, listed->etag)
      && known->checksum.kind != S3_CHECKSUM_NONE) {
    *is_same = s3_checksum_equal (&known->checksum, checksum);
    return TRUE;
  }
  if (checksum->kind == S3_CHECKSUM_MD5)
    md5 = *checksum;
  else if (!pw_compare_sum_part (self, n, S3_CHECKSUM_MD5, &md5, error))
    return FALSE;
  *is_same = etag_is_sum (listed->etag, &md5);
  return TRUE;
}

/* The store's list and the journal agree on this part. */
static gboolean
agrees (const PwJournalPart *known,
        const S3ListedPart  *listed)
{
  return known && known->is_safe && g_str_equal (known->etag, listed->etag)
         && (listed->checksum.kind == S3_CHECKSUM_NONE
             || listed->checksum.kind != known->checksum.kind
             || s3_checksum_equal (&listed->checksum, &known->checksum));
}

static gboolean
has_size (const S3ListedPart *listed,
          guint64             size)
{
  return listed->size == size || listed->size == PW_SIZE_UNKNOWN;
}

/* The store's list ends before this part, but the store once said that it has it. */
static gboolean
compare_with_journal (PwCompare           *self,
                      guint                n,
                      const PwJournalPart *known,
                      gboolean            *is_same,
                      S3Checksum          *checksum,
                      GError             **error)
{
  S3ListedPart *listed = &self->listed.parts[n - 1];

  *checksum = known->checksum;
  *is_same = !self->must_prove;
  if (self->must_prove) {
    if (!pw_compare_sum_part (self, n, self->job->order->kind, checksum, error))
      return FALSE;
    *is_same = s3_checksum_equal (&known->checksum, checksum);
  }
  g_strlcpy (listed->etag, known->etag, sizeof listed->etag);
  return TRUE;
}

/* Whether the part need not be sent, and its sum then. */
static gboolean
compare_part (PwCompare           *self,
              guint                n,
              const PwJournalPart *known,
              gboolean            *is_same,
              S3Checksum          *checksum,
              GError             **error)
{
  PwOrder *order = self->job->order;
  const S3ListedPart *listed = &self->listed.parts[n - 1];

  *is_same = FALSE;
  if (!known)
    return TRUE;
  if (n > self->listed.n_told && known->is_safe && !order->is_doubted)
    return compare_with_journal (self, n, known, is_same, checksum, error);
  if (listed->part_number != n || !has_size (listed, s3_plan_get_length (&order->plan, n)))
    return TRUE;
  if (agrees (known, listed) && !self->must_prove) {
    *is_same = TRUE;
    *checksum = known->checksum;
    return TRUE;
  }
  return compare_with_file (self, n, known, is_same, checksum, error);
}

/* The store holds just what the journal says, and the file is to be proved against it. */
static gboolean
is_held (PwCompare           *self,
         guint                n,
         const PwJournalPart *known)
{
  return known && known->is_safe && self->must_prove
         && g_str_equal (known->etag, self->listed.parts[n - 1].etag);
}

static gboolean
settle_part (PwCompare           *self,
             guint                n,
             const PwJournalPart *known,
             GError             **error)
{
  PwOrder *order = self->job->order;
  const S3ListedPart *listed = &self->listed.parts[n - 1];
  S3CompletedPart *slot = &order->parts[n - 1];
  gboolean is_same, was_known;
  S3Checksum checksum = { 0 };
  guint n_read = self->n_read;

  if (!compare_part (self, n, known, &is_same, &checksum, error))
    return FALSE;
  was_known = agrees (known, listed) && known->checksum.kind == checksum.kind;
  if (!is_same) {
    order->states[n - 1] = PW_PART_WAITING;
    /* What the store holds is of another file than this, and stays so until the user says. */
    return !known || !known->is_safe || (is_held (self, n, known) && !order->follow)
           || pw_journal_add_lost_part (order->journal, n, error);
  }

  order->states[n - 1] = self->n_read > n_read ? PW_PART_PROVED : PW_PART_RESUMED;
  order->resumed_bytes += s3_plan_get_length (&order->plan, n);
  g_strlcpy (slot->etag, listed->etag, sizeof slot->etag);
  slot->checksum = checksum;
  return was_known || pw_journal_add_part (order->journal, n, listed->etag, &checksum, error);
}

/* What the list does not tell is the journal's word alone. */
static void
note_untold (PwCompare *self)
{
  PwOrder *order = self->job->order;
  guint n_untold = 0;

  for (guint n = self->listed.n_told + 1; n <= order->plan.n_parts; n++)
    n_untold += pw_part_state_is_safe (order->states[n - 1]);
  if (n_untold == 0)
    return;
  g_free (order->note);
  order->note = g_strdup_printf (ngettext ("%u part cannot be listed here, and counts because the "
                                           "store confirmed it when it was sent.",
                                           "%u parts cannot be listed here, and count because the "
                                           "store confirmed them when they were sent.", n_untold),
                                 n_untold);
}

gboolean
pw_compare_settle (PwCompare  *self,
                   GError    **error)
{
  PwOrder *order = self->job->order;
  guint n_known, n_differ = 0;
  const PwJournalPart *known = pw_journal_get_parts (order->journal, &n_known);

  order->resumed_bytes = 0;
  for (guint n = 1; n <= order->plan.n_parts; n++) {
    const PwJournalPart *part = n <= n_known ? &known[n - 1] : NULL;
    /* A part that the store lost is sent anew, whatever the file is by now. */
    gboolean was_held = is_held (self, n, part);

    if (!settle_part (self, n, part, error))
      return FALSE;
    n_differ += was_held && order->states[n - 1] == PW_PART_WAITING;
  }
  note_untold (self);
  if (n_differ == 0 || order->follow)
    return TRUE;
  g_set_error (error, PW_ERROR, PW_ERROR_SOURCE_CHANGED, "%s",
               pw_error_get_title (PW_ERROR_SOURCE_CHANGED));
  return FALSE;
}
