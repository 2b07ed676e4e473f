/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-journal-lines.h"

#include "engine/pw-error.h"
#include "engine/pw-record.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Far more than any store takes (S3: 10,000): only keeps a damaged number from claiming memory. */
#define MAX_PARTS 1000000

static gboolean
set_broken (GError    **error,
            const char *type)
{
  g_set_error (error, PW_ERROR, PW_ERROR_JOURNAL_BROKEN,
               _("The saved progress of this upload cannot be read: its “%s” line is not valid."),
               type);

  return FALSE;
}

static void
add_checksum (GString          *text,
              S3ChecksumKind    usual,
              const S3Checksum *checksum)
{
  static const char digits[] = "0123456789abcdef";
  char hex[2 * S3_CHECKSUM_MAX_SIZE + 1];

  if (checksum == NULL || checksum->kind == S3_CHECKSUM_NONE)
    return;

  g_assert (checksum->size <= S3_CHECKSUM_MAX_SIZE);
  for (guint i = 0; i < checksum->size; i++) {
    hex[2 * i] = digits[checksum->bytes[i] >> 4];
    hex[2 * i + 1] = digits[checksum->bytes[i] & 15];
  }
  hex[2 * checksum->size] = '\0';
  if (checksum->kind != usual)
    pw_line_add_string (text, "kind", s3_checksum_get_name (checksum->kind));
  pw_line_add_string (text, "sum", hex);
}

/* Kind NONE where the line has none. */
static gboolean
get_checksum (const PwLine  *line,
              S3ChecksumKind usual,
              S3Checksum    *checksum)
{
  const char *hex = pw_line_get_string (line, "sum");
  const char *kind = pw_line_get_string (line, "kind");
  S3Checksum read = { .kind = kind != NULL ? s3_checksum_from_name (kind) : usual };
  gsize length = hex != NULL ? strlen (hex) : 0;

  if (hex == NULL) {
    *checksum = (S3Checksum) { 0 };
    return TRUE;
  }
  if (length % 2 != 0 || length > 2 * S3_CHECKSUM_MAX_SIZE || read.kind == S3_CHECKSUM_NONE)
    return FALSE;

  read.size = (guint8) (length / 2);
  for (guint i = 0; i < read.size; i++) {
    int high = g_ascii_xdigit_value (hex[2 * i]);
    int low = g_ascii_xdigit_value (hex[2 * i + 1]);
    if (high < 0 || low < 0)
      return FALSE;
    read.bytes[i] = (guint8) (high << 4 | low);
  }
  *checksum = read;

  return TRUE;
}

static void
add_identity (GString          *text,
              const PwIdentity *identity)
{
  pw_line_add_uint64 (text, "size", identity->size);
  pw_line_add_int64 (text, "mtime_ns", identity->mtime_ns);
  pw_line_add_int64 (text, "ctime_ns", identity->ctime_ns);
  pw_line_add_uint64 (text, "inode", identity->inode);
  pw_line_add_uint64 (text, "device", identity->device);
}

static gboolean
get_identity (const PwLine *line,
              PwIdentity   *identity)
{
  return pw_line_get_uint64 (line, "size", &identity->size)
         && pw_line_get_int64 (line, "mtime_ns", &identity->mtime_ns)
         && pw_line_get_int64 (line, "ctime_ns", &identity->ctime_ns)
         && pw_line_get_uint64 (line, "inode", &identity->inode)
         && pw_line_get_uint64 (line, "device", &identity->device);
}

static gboolean
get_plan (const PwLine *line,
          S3Plan       *plan)
{
  guint64 n_parts;

  if (!pw_line_get_uint64 (line, "plan_size", &plan->size)
      || !pw_line_get_uint64 (line, "part_size", &plan->part_size)
      || !pw_line_get_uint64 (line, "n_parts", &n_parts) || n_parts > MAX_PARTS)
    return FALSE;

  plan->n_parts = (guint) n_parts;
  if (plan->part_size == 0)
    return n_parts == 0;
  /* An empty file is one empty part where there is no PutObject. */
  if (plan->size == 0 && n_parts == 1)
    return TRUE;

  return n_parts == plan->size / plan->part_size + (plan->size % plan->part_size != 0);
}

static gboolean
apply_intent (PwJournalState *self,
              const PwLine   *line)
{
  PwJournalIntent intent = {
    .id = (char *) pw_line_get_string (line, "id"),
    .path = (char *) pw_line_get_string (line, "path"),
    .key = (char *) pw_line_get_string (line, "key"),
    .destination = (char *) pw_line_get_string (line, "destination"),
    .options = (char *) pw_line_get_string (line, "options"),
  };
  const char *checksum = pw_line_get_string (line, "checksum");

  if (!pw_record_is_id (intent.id) || intent.path == NULL || intent.key == NULL
      || intent.destination == NULL || !get_identity (line, &intent.identity)
      || !get_plan (line, &intent.plan) || !pw_line_get_int64 (line, "created", &intent.created))
    return FALSE;

  if (checksum != NULL) {
    intent.checksum = s3_checksum_from_name (checksum);
    if (intent.checksum == S3_CHECKSUM_NONE)
      return FALSE;
  }
  pw_journal_state_set_intent (self, &intent);

  return TRUE;
}

static gboolean
apply_upload (PwJournalState *self,
              const PwLine   *line)
{
  const char *upload_id = pw_line_get_string (line, "upload");
  const char *checksum = pw_line_get_string (line, "checksum");
  S3ChecksumKind kind = checksum != NULL ? s3_checksum_from_name (checksum) : S3_CHECKSUM_NONE;

  if (upload_id == NULL || (checksum != NULL && kind == S3_CHECKSUM_NONE))
    return FALSE;
  pw_journal_state_set_upload_id (self, upload_id, pw_line_get_string (line, "key"), kind,
                                  pw_line_get_string (line, "abort"));

  return TRUE;
}

static gboolean
get_part_number (PwJournalState *self,
                 const PwLine   *line,
                 guint          *part_number)
{
  guint64 n;

  if (!pw_line_get_uint64 (line, "n", &n) || n < 1 || n > self->intent.plan.n_parts)
    return FALSE;
  *part_number = (guint) n;

  return TRUE;
}

static gboolean
apply_part (PwJournalState *self,
            const PwLine   *line)
{
  const char *etag = pw_line_get_string (line, "etag");
  guint part_number;
  S3Checksum checksum;

  if (self->upload_id == NULL || etag == NULL || strlen (etag) >= PW_JOURNAL_ETAG_SIZE
      || !get_part_number (self, line, &part_number)
      || !get_checksum (line, self->intent.checksum, &checksum))
    return FALSE;
  pw_journal_state_set_part (self, part_number, etag, &checksum);

  return TRUE;
}

static gboolean
apply_lost (PwJournalState *self,
            const PwLine   *line)
{
  guint part_number;

  if (!get_part_number (self, line, &part_number))
    return FALSE;
  pw_journal_state_set_lost (self, part_number);

  return TRUE;
}

static gboolean
apply_identity (PwJournalState *self,
                const PwLine   *line)
{
  PwIdentity identity;

  if (!get_identity (line, &identity)
      || identity.size / MAX (1, self->intent.plan.part_size) >= MAX_PARTS)
    return FALSE;
  pw_journal_state_set_identity (self, &identity);

  return TRUE;
}

static gboolean
apply_resumed (PwJournalState *self,
               const PwLine   *line)
{
  if (!pw_line_get_int64 (line, "at", &self->last_resumed))
    return FALSE;
  self->n_resumed++;

  return TRUE;
}

static gboolean
apply_completing (PwJournalState *self,
                  const PwLine   *line)
{
  S3Checksum whole;

  if (!get_checksum (line, S3_CHECKSUM_NONE, &whole))
    return FALSE;
  pw_journal_state_set_completing (self, &whole);

  return TRUE;
}

static gboolean
apply_done (PwJournalState *self,
            const PwLine   *line)
{
  const char *etag = pw_line_get_string (line, "etag");

  if (etag == NULL)
    return FALSE;
  pw_journal_state_set_done (self, etag, pw_line_get_string (line, "verification"));

  return TRUE;
}

static const struct {
  const char *type;
  gboolean (*apply) (PwJournalState *self, const PwLine *line);
} line_types[] = {
  { "part", apply_part },
  { "intent", apply_intent },
  { "upload", apply_upload },
  { "lost", apply_lost },
  { "identity", apply_identity },
  { "resumed", apply_resumed },
  { "completing", apply_completing },
  { "done", apply_done },
};

gboolean
pw_journal_apply_line (PwJournalState *self,
                       const PwLine   *line,
                       gboolean       *is_newer,
                       GError        **error)
{
  const char *type = pw_line_get_type (line);
  gboolean is_intent = g_str_equal (type, "intent");
  guint64 version;

  if (is_intent == self->has_intent)
    return set_broken (error, type);
  if (is_intent) {
    if (!pw_line_get_uint64 (line, "v", &version) || version == 0)
      return set_broken (error, type);
    if (version > PW_JOURNAL_VERSION) {
      *is_newer = TRUE;
      g_set_error_literal (error, PW_ERROR, PW_ERROR_JOURNAL_BROKEN,
                           _("The saved progress of this upload was written by a newer Partway. "
                             "Update Partway to go on with it."));
      return FALSE;
    }
  }

  for (guint i = 0; i < G_N_ELEMENTS (line_types); i++) {
    if (g_str_equal (type, line_types[i].type))
      return line_types[i].apply (self, line) || set_broken (error, type);
  }

  return TRUE;
}

void
pw_journal_write_intent (GString               *text,
                         const PwJournalIntent *intent)
{
  gsize start = text->len;

  pw_line_begin (text, "intent");
  pw_line_add_int64 (text, "v", PW_JOURNAL_VERSION);
  pw_line_add_string (text, "id", intent->id);
  pw_line_add_int64 (text, "created", intent->created);
  pw_line_add_string (text, "path", intent->path);
  add_identity (text, &intent->identity);
  pw_line_add_string (text, "key", intent->key);
  pw_line_add_string (text, "destination", intent->destination);
  pw_line_add_uint64 (text, "plan_size", intent->plan.size);
  pw_line_add_uint64 (text, "part_size", intent->plan.part_size);
  pw_line_add_uint64 (text, "n_parts", intent->plan.n_parts);
  if (intent->checksum != S3_CHECKSUM_NONE)
    pw_line_add_string (text, "checksum", s3_checksum_get_name (intent->checksum));
  if (intent->options != NULL)
    pw_line_add_string (text, "options", intent->options);
  pw_line_end (text, start);
}

void
pw_journal_write_identity (GString          *text,
                           const PwIdentity *identity)
{
  gsize start = text->len;

  pw_line_begin (text, "identity");
  add_identity (text, identity);
  pw_line_end (text, start);
}

void
pw_journal_write_part (GString          *text,
                       S3ChecksumKind    usual,
                       guint             part_number,
                       const char       *etag,
                       const S3Checksum *checksum)
{
  gsize start = text->len;

  pw_line_begin (text, "part");
  pw_line_add_uint64 (text, "n", part_number);
  pw_line_add_string (text, "etag", etag);
  add_checksum (text, usual, checksum);
  pw_line_end (text, start);
}

void
pw_journal_write_completing (GString          *text,
                             const S3Checksum *whole)
{
  gsize start = text->len;

  pw_line_begin (text, "completing");
  add_checksum (text, S3_CHECKSUM_NONE, whole);
  pw_line_end (text, start);
}
