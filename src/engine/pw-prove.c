/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-prove.h"

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

const S3Checksum *
pw_combine_parts (PwOrder    *order,
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

gboolean
pw_prove_object (PwOrder             *order,
                 const S3ObjectReply *reply,
                 const S3ObjectReply *head,
                 GError             **error)
{
  S3Checksum whole_sum;
  const S3Checksum *whole = pw_combine_parts (order, &whole_sum);
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

gboolean
pw_is_ours (PwOrder             *order,
            const S3ObjectReply *head)
{
  const S3Checksum *told = find_whole (head, order->kind);
  g_autofree char *expected = dup_expected_etag (order);
  g_autofree char *ending = g_strdup_printf ("-%u", order->plan.n_parts);

  if (head->size != order->plan.size)
    return FALSE;
  if (told) {
    S3Checksum whole_sum;
    const S3Checksum *whole = pw_combine_parts (order, &whole_sum);

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
