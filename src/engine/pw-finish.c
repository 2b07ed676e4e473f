/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-steps.h"

#include <string.h>

#include "config.h"
#include <glib/gi18n-lib.h>

#include "engine/pw-error.h"

#define MD5_HEX 32

static gboolean
fail_wrong_object (GError **error)
{
  g_set_error_literal (error, PW_ERROR, PW_ERROR_WRONG_OBJECT,
                       pw_error_get_title (PW_ERROR_WRONG_OBJECT));
  return FALSE;
}

/* The sum of the whole object from those of its parts; NULL where the kind cannot be combined. */
static const S3Checksum *
combine_parts (PwOrder    *order,
               S3Checksum *whole)
{
  if (order->kind != S3_CHECKSUM_CRC64NVME && order->kind != S3_CHECKSUM_CRC32C)
    return NULL;
  *whole = order->parts[0].checksum;
  for (guint n = 2; n <= order->plan.n_parts; n++)
    s3_checksum_combine (whole, &order->parts[n - 1].checksum,
                         s3_plan_get_length (&order->plan, n));
  return whole;
}

static gboolean
add_hex (S3Summer   *summer,
         const char *etag)
{
  guint8 bytes[MD5_HEX / 2];

  if (strlen (etag) != MD5_HEX || strspn (etag, "0123456789abcdefABCDEF") != MD5_HEX)
    return FALSE;
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (g_ascii_xdigit_value (etag[2 * i]) << 4
                         | g_ascii_xdigit_value (etag[2 * i + 1]));
  s3_summer_update (summer, bytes, sizeof bytes);
  return TRUE;
}

/* What the object's ETag is where it follows the MD5 rule; NULL where a part's ETag is no MD5. */
static char *
dup_expected_etag (PwOrder *order)
{
  g_autoptr (S3Summer) summer = s3_summer_new (S3_CHECKSUM_MD5);
  g_autofree char *hex = NULL;
  S3Checksum md5;

  for (guint i = 0; i < order->plan.n_parts; i++) {
    if (!add_hex (summer, order->parts[i].etag))
      return NULL;
  }
  s3_summer_finish (summer, &md5);
  hex = s3_checksum_dup_hex (&md5);
  return g_strdup_printf ("%s-%u", hex, order->plan.n_parts);
}

/* "<32 hex>-<n>": an ETag that looks as if it followed the rule. */
static gboolean
looks_like_md5s (const char *etag)
{
  return strspn (etag, "0123456789abcdefABCDEF") == MD5_HEX && etag[MD5_HEX] == '-';
}

static const S3Checksum *
find_whole (const S3ObjectReply *reply,
            S3ChecksumKind       kind)
{
  if (!reply || reply->is_composite || kind == S3_CHECKSUM_NONE)
    return NULL;
  return s3_object_reply_get_checksum (reply, kind);
}

/* TRUE where the ETag says nothing against it; *is_proved where it says it is so. */
static gboolean
check_etag (PwOrder    *order,
            const char *etag,
            gboolean    is_encrypted,
            gboolean   *is_proved,
            GError    **error)
{
  gint rule = g_atomic_int_get (&order->authority->etag_rule);
  g_autofree char *expected = dup_expected_etag (order);

  *is_proved = FALSE;
  if (rule == PW_ETAG_FREE || is_encrypted || !expected || !looks_like_md5s (etag))
    return TRUE;
  *is_proved = g_ascii_strcasecmp (expected, etag) == 0;
  if (*is_proved && rule == PW_ETAG_UNKNOWN)
    g_atomic_int_set (&order->authority->etag_rule, PW_ETAG_IS_MD5);
  /* A store that nobody vouches for may have an ETag of the same shape and of another meaning. */
  return *is_proved || rule == PW_ETAG_UNKNOWN || fail_wrong_object (error);
}

/* TRUE: the store's answer to each part was the MD5 of the bytes that were sent. */
static gboolean
is_each_etag_md5 (PwOrder *order)
{
  for (guint i = 0; i < order->plan.n_parts; i++) {
    const S3CompletedPart *part = &order->parts[i];
    g_autofree char *hex = part->checksum.kind == S3_CHECKSUM_MD5
                           ? s3_checksum_dup_hex (&part->checksum) : NULL;

    if (!hex || g_ascii_strcasecmp (hex, part->etag) != 0)
      return FALSE;
  }
  return TRUE;
}

/* Nobody can be asked about the object as a whole. */
static const char *
describe_parts_alone (PwOrder *order)
{
  if (order->kind == S3_CHECKSUM_CRC64NVME)
    return _("CRC64NVME of every part; the whole object cannot be looked at through this backend");
  if (is_each_etag_md5 (order))
    return _("the MD5 of every part came back as its ETag; the whole object cannot be looked at "
             "through this backend");
  return _("the store checked the MD5 of every part that it took; the whole object cannot be "
           "looked at through this backend");
}

static const char *
describe_parts (S3ChecksumKind kind,
                gboolean       has_size)
{
  if (!has_size)
    return _("every part; the whole object may not be looked at with these credentials");
  switch ((int) kind) {
  case S3_CHECKSUM_CRC64NVME:
    return _("CRC64NVME of every part, and the size");
  case S3_CHECKSUM_CRC32C:
    return _("CRC32C of every part, and the size");
  default:
    return _("MD5 of every part, and the size");
  }
}

/* Holds what the store says of the finished object against what was sent. @reply: Complete's, or
 * NULL; @head: HEAD's, or NULL where it may not be asked for. One of them is there. */
static gboolean
prove_object (PwOrder             *order,
              const S3ObjectReply *reply,
              const S3ObjectReply *head,
              GError             **error)
{
  S3Checksum whole_sum;
  const S3Checksum *whole = combine_parts (order, &whole_sum);
  const S3Checksum *told[2] = {
    find_whole (reply, order->kind), find_whole (head, order->kind),
  };
  const char *etag = reply && (*reply->etag || !head) ? reply->etag : head->etag;
  gboolean is_encrypted = (head && head->encrypted_by_kms) || (reply && reply->encrypted_by_kms);
  gboolean is_proved;

  if (head && (head->size != order->plan.size || !g_str_equal (etag, head->etag)))
    return fail_wrong_object (error);
  for (guint i = 0; whole && i < G_N_ELEMENTS (told); i++) {
    if (told[i] && !s3_checksum_equal (told[i], whole))
      return fail_wrong_object (error);
  }
  if (!check_etag (order, etag, is_encrypted, &is_proved, error))
    return FALSE;

  g_free (order->etag);
  order->etag = g_strdup (etag);
  g_free (order->verification);
  if (whole && (told[0] || told[1]))
    order->verification = g_strdup (order->kind == S3_CHECKSUM_CRC64NVME
                                    ? _("CRC64NVME of the whole object")
                                    : _("CRC32C of the whole object"));
  else if (is_proved)
    order->verification = g_strdup (_("MD5 of every part, and the ETag of the whole object"));
  else if (!pw_authority_can (order->authority, PW_CAN_HEAD))
    order->verification = g_strdup (describe_parts_alone (order));
  else
    order->verification = g_strdup (describe_parts (order->kind, head != NULL));
  return TRUE;
}

/* Without a checksum or an ETag that follows the rule, an object of the right size could still
 * be an older one: it counts only if it was written after this upload began, from as many parts. */
static gboolean
is_ours (PwOrder             *order,
         const S3ObjectReply *head)
{
  const S3Checksum *told = find_whole (head, order->kind);
  g_autofree char *expected = dup_expected_etag (order);
  g_autofree char *ending = g_strdup_printf ("-%u", order->plan.n_parts);

  if (head->size != order->plan.size)
    return FALSE;
  if (told) {
    S3Checksum whole_sum;
    const S3Checksum *whole = combine_parts (order, &whole_sum);

    return whole && s3_checksum_equal (told, whole);
  }
  if (expected && g_ascii_strcasecmp (expected, head->etag) == 0)
    return TRUE;
  /* Doubt costs sending it again; believing could cost the file. */
  if (g_atomic_int_get (&order->authority->etag_rule) != PW_ETAG_FREE
      && (looks_like_md5s (head->etag) || !head->encrypted_by_kms))
    return FALSE;
  return g_str_has_suffix (head->etag, ending)
         && head->modified >= pw_journal_get_intent (order->journal)->created;
}

/* The slots as the journal knows them, for an upload whose parts the store no longer lists. */
static gboolean
fill_from_journal (PwOrder *order)
{
  guint n_known;
  const PwJournalPart *known = pw_journal_get_parts (order->journal, &n_known);

  if (n_known < order->plan.n_parts)
    return FALSE;
  for (guint i = 0; i < order->plan.n_parts; i++) {
    if (*known[i].etag == '\0' || !known[i].is_safe)
      return FALSE;
    g_strlcpy (order->parts[i].etag, known[i].etag, sizeof order->parts[i].etag);
    order->parts[i].checksum = known[i].checksum;
  }
  return TRUE;
}

static gboolean
close_journal (PwOrder  *order,
               GError  **error)
{
  return pw_journal_add_done (order->journal, order->etag, order->verification, error);
}

/* The store no longer knows the upload, which is what it does after a Complete; and nobody can be
 * asked whether the object is there. */
static gboolean
assume_finished (PwOrder  *order,
                 GError  **error)
{
  g_free (order->etag);
  order->etag = g_strdup ("");
  g_free (order->verification);
  order->verification = g_strdup (_("very likely complete: the answer was lost, and the store no "
                                    "longer knows the upload; this backend cannot tell whether "
                                    "the object is there"));
  return close_journal (order, error);
}

gboolean
pw_find_finished (PwJob       *job,
                  PwExchange  *exchange,
                  gboolean    *is_finished,
                  GError     **error)
{
  PwOrder *order = job->order;
  g_autoptr (GError) problem = NULL;
  g_autoptr (S3ObjectReply) head = NULL;

  *is_finished = FALSE;
  if (!pw_journal_is_completing (order->journal, NULL) || !fill_from_journal (order))
    return TRUE;
  if (!pw_authority_can (order->authority, PW_CAN_HEAD)) {
    *is_finished = TRUE;
    return assume_finished (order, error);
  }
  head = pw_authority_head (order->authority, exchange, order->key, &problem);
  if (!head) {
    if (exchange->status == 404)
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (!is_ours (order, head))
    return TRUE;
  exchange->verdict = PW_VERDICT_STOP;
  *is_finished = TRUE;
  return prove_object (order, NULL, head, error) && close_journal (order, error);
}

static gboolean
complete (PwJob       *job,
          PwExchange  *exchange,
          GError     **error)
{
  PwOrder *order = job->order;
  S3Checksum whole_sum;
  const S3Checksum *whole = combine_parts (order, &whole_sum);
  g_autoptr (S3ObjectReply) reply = NULL, head = NULL;
  g_autoptr (GError) problem = NULL;

  /* Waiting for the disk takes its time; what changed meanwhile is still in time. */
  if (!pw_journal_add_completing (order->journal, whole, error)
      || !pw_source_check (order->source, NULL, error))
    return FALSE;
  reply = pw_authority_complete (order->authority, exchange, &(PwAsk) {
    .op = PW_OP_COMPLETE, .key = order->key, .upload_id = order->upload_id,
    .parts = order->parts, .n_parts = order->plan.n_parts, .checksum = whole,
    .size = order->plan.size, .if_none_match = order->if_exists != PW_IF_EXISTS_REPLACE,
  }, error);
  if (!reply)
    return FALSE;
  if (pw_authority_can (order->authority, PW_CAN_HEAD)) {
    head = pw_authority_head (order->authority, exchange, order->key, &problem);
    /* Credentials that may write need not be allowed to read. */
    if (!head && exchange->status != 403) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  }
  exchange->verdict = PW_VERDICT_STOP;
  return prove_object (order, reply, head, error) && close_journal (order, error);
}

gboolean
pw_ask_alive (PwJob       *job,
              PwExchange  *exchange,
              gboolean    *is_alive,
              GError     **error)
{
  PwOrder *order = job->order;
  g_autoptr (GError) problem = NULL;
  g_autoptr (S3PartsPage) page = pw_authority_list_parts (order->authority, exchange, order->key,
                                                          order->upload_id, 0, &problem);

  *is_alive = page != NULL;
  if (page || exchange->verdict == PW_VERDICT_UPLOAD_GONE)
    return TRUE;
  /* Who may not list has to say Complete again to find out. */
  if (g_error_matches (problem, PW_ERROR, PW_ERROR_ACCESS_DENIED)) {
    *is_alive = TRUE;
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

/* An object that came to the key while the parts were sent. Not every store looks itself. */
static gboolean
check_vacant (PwOrder     *order,
              PwExchange  *exchange,
              GError     **error)
{
  gboolean exists;

  if (order->if_exists == PW_IF_EXISTS_REPLACE
      || !pw_authority_can (order->authority, PW_CAN_HEAD))
    return TRUE;
  if (!pw_look (order, exchange, &exists, error))
    return FALSE;
  exchange->verdict = PW_VERDICT_STOP;
  if (!exists || exchange->status == 403)
    return TRUE;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_EXISTS, pw_error_get_title (PW_ERROR_EXISTS));
  return FALSE;
}

static gboolean
finish (PwJob       *job,
        PwExchange  *exchange,
        GError     **error)
{
  PwOrder *order = job->order;
  gboolean is_alive = TRUE, is_finished = FALSE;

  /* An earlier Complete may have won although its answer was lost: ask before saying it again. */
  if (pw_journal_is_completing (order->journal, NULL)
      && (!pw_ask_alive (job, exchange, &is_alive, error)
          || (!is_alive && !pw_find_finished (job, exchange, &is_finished, error))))
    return FALSE;
  if (is_finished)
    return TRUE;
  if (!is_alive) {
    exchange->verdict = PW_VERDICT_UPLOAD_GONE;
    g_set_error_literal (error, PW_ERROR, PW_ERROR_UPLOAD_GONE,
                         pw_error_get_title (PW_ERROR_UPLOAD_GONE));
    return FALSE;
  }
  exchange->verdict = PW_VERDICT_STOP;
  return pw_source_check (order->source, NULL, error) && check_vacant (order, exchange, error)
         && complete (job, exchange, error);
}

/* The key was taken meanwhile, and the user has said what is to be done then. TRUE: handled. */
static gboolean
settle_taken (PwJob      *job,
              PwExchange *exchange)
{
  PwOrder *order = job->order;
  PwExchange side = { .client = exchange->client, .transfer = exchange->transfer,
                      .attempts = exchange->attempts };
  GError *error = NULL;

  if (order->if_exists != PW_IF_EXISTS_SKIP && order->if_exists != PW_IF_EXISTS_RENAME)
    return FALSE;
  if (!pw_authority_abort (order->authority, &side, order->key, order->upload_id, &error)
      && side.verdict != PW_VERDICT_UPLOAD_GONE) {
    pw_job_fail (job, &side, error);
  } else if (order->if_exists == PW_IF_EXISTS_SKIP) {
    g_clear_error (&error);
    if (pw_journal_delete (order->journal, &error))
      job->outcome = PW_OUTCOME_SKIPPED;
    else
      pw_job_fail (job, NULL, error);
  } else {
    g_clear_error (&error);
    if (pw_rename_key (order, &side, &error) && pw_create (job, &side, &error)) {
      job->outcome = PW_OUTCOME_ANEW;
      job->error = g_error_new_literal (PW_ERROR, PW_ERROR_EXISTS,
                                        pw_error_get_title (PW_ERROR_EXISTS));
    } else {
      pw_job_fail (job, &side, error);
    }
  }
  exchange->attempts = side.attempts;
  pw_exchange_clear (&side);
  return TRUE;
}

/* What a failed Complete means for the upload as a whole. */
static void
judge_failure (PwJob      *job,
               PwExchange *exchange,
               GError     *error)
{
  PwOrder *order = job->order;

  if (g_error_matches (error, PW_ERROR, PW_ERROR_EXISTS) && settle_taken (job, exchange)) {
    g_error_free (error);
    return;
  }
  order->is_spoiled = exchange->verdict == PW_VERDICT_RESTART;
  order->is_lost = exchange->verdict == PW_VERDICT_UPLOAD_GONE;
  /* The store does not hold (all of) the parts that it confirmed: ask for its list, send the
   * rest. */
  if (g_error_matches (error, PW_ERROR, PW_ERROR_PARTS) && exchange->attempts.n_damaged++ < 2) {
    exchange->verdict = PW_VERDICT_UPLOAD_GONE;
    order->is_doubted = TRUE;
  }
  pw_job_fail (job, exchange, error);
}

void
pw_finish (PwJob   *job,
           PwBench *bench)
{
  g_auto (PwExchange) exchange = { 0 };
  GError *error = NULL;

  pw_job_open_exchange (job, bench, &exchange);
  if (pw_authority_prepare (job->order->authority, &exchange, &error)
      && finish (job, &exchange, &error))
    job->outcome = PW_OUTCOME_DONE;
  else
    judge_failure (job, &exchange, error);
  if (job->outcome == PW_OUTCOME_DONE)
    pw_authority_forget (job->order->authority, job->order->upload_id);
  pw_job_close_exchange (job, &exchange);
}
