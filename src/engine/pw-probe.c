/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-probe.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/pw-authority-presign.h"
#include "engine/pw-error.h"

static const char content[] = "Partway tries whether this destination works.\n";

typedef struct {
  PwProbe *probe;
  PwAuthority *authority;
  PwExchange exchange;
  char *key;
  char *upload_id;
  S3ChecksumKind kind;
  S3CompletedPart part;
  PwProbeFunc shown;
  gpointer user_data;
} PwProbing;

static gssize
read_content (gpointer   data,
              guint64    offset,
              void      *buffer,
              gsize      size,
              guint     *wait_ms,
              GError   **error)
{
  gsize n = MIN (size, sizeof content - 1 - offset);

  memcpy (buffer, content + offset, n);
  return (gssize) n;
}

static gboolean
ask_bucket (PwProbing *self,
            GError   **error)
{
  g_autoptr (HttpResponse) response = NULL;

  if (self->probe->is_backend)
    return pw_authority_prepare (self->authority, &self->exchange, error);
  response = pw_authority_ask (self->authority, &self->exchange,
                               &(PwAsk) { .op = PW_OP_HEAD_BUCKET }, error);
  return response != NULL;
}

static gboolean
create (PwProbing *self,
        GError   **error)
{
  S3ObjectOptions options = { .content_type = "text/plain" };
  g_autoptr (PwBegun) begun = pw_authority_create (self->authority, &self->exchange, &(PwAsk) {
    .op = PW_OP_CREATE, .key = self->key, .options = &options, .size = sizeof content - 1,
  }, error);

  if (!begun)
    return FALSE;
  self->upload_id = g_steal_pointer (&begun->upload_id);
  g_free (self->key);
  self->key = g_steal_pointer (&begun->key);
  self->kind = begun->kind;
  self->probe->checksum = begun->kind;
  return TRUE;
}

static void
sum_content (S3ChecksumKind  kind,
             S3Checksum     *checksum)
{
  s3_checksum_compute (checksum, kind, content, sizeof content - 1);
}

/* A PUT of the content; @ask says which. */
static S3ObjectReply *
send_content (PwProbing *self,
              PwAsk     *ask,
              GError   **error)
{
  S3Checksum sha256;
  g_autofree char *hex = NULL;
  g_autoptr (HttpResponse) response = NULL;

  sum_content (S3_CHECKSUM_SHA256, &sha256);
  if (pw_authority_needs_sha256 (self->authority))
    hex = s3_checksum_dup_hex (&sha256);
  ask->size = sizeof content - 1;
  ask->body_func = read_content;
  ask->sha256 = hex;
  response = pw_authority_ask (self->authority, &self->exchange, ask, error);
  return response ? s3_object_reply_parse (response, error) : NULL;
}

static gboolean
send_part (PwProbing *self,
           GError   **error)
{
  PwAsk ask = { .op = PW_OP_PART, .key = self->key, .upload_id = self->upload_id,
                .part_number = 1, .checksum = &self->part.checksum };
  g_autoptr (S3ObjectReply) reply = NULL;

  sum_content (self->kind, &self->part.checksum);
  reply = send_content (self, &ask, error);
  if (!reply)
    return FALSE;
  self->part.part_number = 1;
  g_strlcpy (self->part.etag, reply->etag, sizeof self->part.etag);
  return TRUE;
}

/* Of an upload that cannot be, so that nothing is left behind: a backend that passes the question
 * on to its store says so. */
static gboolean
list_nothing (PwProbing *self,
              GError   **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (S3PartsPage) page = pw_authority_list_parts (self->authority, &self->exchange,
                                                          self->key, "partway-test", 0, &problem);

  /* Or the backend itself sees that it never gave out that upload. */
  if (page || self->exchange.verdict == PW_VERDICT_UPLOAD_GONE || self->exchange.status == 403)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
list_parts (PwProbing *self,
            GError   **error)
{
  g_autoptr (S3PartsPage) page = NULL;
  guint64 size;

  if (!self->upload_id)
    return list_nothing (self, error);
  page = pw_authority_list_parts (self->authority, &self->exchange, self->key, self->upload_id, 0,
                                  error);
  if (!page)
    return FALSE;
  size = page->parts->len == 1 ? g_array_index (page->parts, S3ListedPart, 0).size : 0;
  if (size == sizeof content - 1 || size == PW_SIZE_UNKNOWN)
    return TRUE;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_PARTS, pw_error_get_title (PW_ERROR_PARTS));
  return FALSE;
}

static gboolean
complete (PwProbing *self,
          GError   **error)
{
  const S3Checksum *whole = self->kind == S3_CHECKSUM_CRC64NVME ? &self->part.checksum : NULL;
  g_autoptr (S3ObjectReply) reply =
    pw_authority_complete (self->authority, &self->exchange, &(PwAsk) {
    .op = PW_OP_COMPLETE, .key = self->key, .upload_id = self->upload_id, .parts = &self->part,
    .n_parts = 1, .checksum = whole, .size = sizeof content - 1,
  }, error);

  return reply != NULL;
}

/* "<md5 of the md5 of the only part>-1" */
static gboolean
follows_md5_rule (const char *etag)
{
  S3Checksum md5, outer;
  g_autofree char *hex = NULL, *expected = NULL;

  sum_content (S3_CHECKSUM_MD5, &md5);
  s3_checksum_compute (&outer, S3_CHECKSUM_MD5, md5.bytes, md5.size);
  hex = s3_checksum_dup_hex (&outer);
  expected = g_strdup_printf ("%s-1", hex);
  return g_ascii_strcasecmp (expected, etag) == 0;
}

static gboolean
look (PwProbing *self,
      GError   **error)
{
  g_autoptr (S3ObjectReply) head = pw_authority_head (self->authority, &self->exchange, self->key,
                                                      error);

  if (!head)
    return FALSE;
  self->probe->etag_is_md5 = follows_md5_rule (head->etag);
  self->probe->tells_whole = !head->is_composite && self->kind != S3_CHECKSUM_MD5
                             && s3_object_reply_get_checksum (head, self->kind) != NULL;
  if (head->size == sizeof content - 1)
    return TRUE;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_WRONG_OBJECT,
                       pw_error_get_title (PW_ERROR_WRONG_OBJECT));
  return FALSE;
}

static gboolean
put (PwProbing *self,
     gboolean   if_none_match,
     GError   **error)
{
  S3Checksum checksum;
  PwAsk ask = { .op = PW_OP_PUT, .key = self->key, .checksum = &checksum,
                .if_none_match = if_none_match };
  S3ObjectOptions options = { .content_type = "text/plain" };
  g_autoptr (S3ObjectReply) reply = NULL;

  ask.options = &options;
  sum_content (self->kind, &checksum);
  reply = send_content (self, &ask, error);
  return reply != NULL;
}

static gboolean
put_plain (PwProbing *self,
           GError   **error)
{
  return put (self, FALSE, error);
}

/* The object is there, so a store that knows the condition must refuse. */
static gboolean
put_on_condition (PwProbing *self,
                  GError   **error)
{
  g_autoptr (GError) refusal = NULL;

  self->probe->keeps_existing = !put (self, TRUE, &refusal)
                                && g_error_matches (refusal, PW_ERROR, PW_ERROR_EXISTS);
  if (self->probe->keeps_existing)
    return TRUE;
  if (refusal)
    g_propagate_error (error, g_steal_pointer (&refusal));
  else
    g_set_error_literal (error, PW_ERROR, PW_ERROR_UNSUPPORTED,
                         pw_error_get_title (PW_ERROR_UNSUPPORTED));
  return FALSE;
}

static gboolean
list_unfinished (PwProbing *self,
                 GError   **error)
{
  g_autoptr (S3UploadsPage) page = pw_authority_list_uploads (self->authority, &self->exchange,
                                                              self->key, NULL, NULL, error);

  return page != NULL;
}

static gboolean
delete_object (PwProbing *self,
               GError   **error)
{
  g_autoptr (HttpResponse) response =
    pw_authority_ask (self->authority, &self->exchange,
                      &(PwAsk) { .op = PW_OP_DELETE, .key = self->key }, error);

  return response != NULL;
}

/* What a step needs before it makes sense to try it. */
static const struct {
  gboolean (*run) (PwProbing *self, GError **error);
  PwProbeStep after;            /* itself = nothing */
  gboolean is_needed;           /* an upload cannot do without */
} steps[PW_N_PROBES] = {
  [PW_PROBE_BUCKET] = { ask_bucket, PW_PROBE_BUCKET, FALSE },
  [PW_PROBE_CREATE] = { create, PW_PROBE_CREATE, TRUE },
  [PW_PROBE_PART] = { send_part, PW_PROBE_CREATE, TRUE },
  [PW_PROBE_LIST] = { list_parts, PW_PROBE_PART, FALSE },
  [PW_PROBE_COMPLETE] = { complete, PW_PROBE_PART, TRUE },
  [PW_PROBE_HEAD] = { look, PW_PROBE_COMPLETE, FALSE },
  [PW_PROBE_PUT] = { put_plain, PW_PROBE_CREATE, TRUE },
  [PW_PROBE_CONDITION] = { put_on_condition, PW_PROBE_PUT, FALSE },
  [PW_PROBE_UNFINISHED] = { list_unfinished, PW_PROBE_CREATE, FALSE },
  /* Either of two steps may have made the object. */
  [PW_PROBE_DELETE] = { delete_object, PW_PROBE_CREATE, FALSE },
};

/* Through a backend nothing can be deleted again, so no object is made; nor an upload where that
 * cannot be aborted. */
static gboolean
is_possible (PwProbing   *self,
             PwProbeStep  step)
{
  PwProbeStep after = steps[step].after;

  if (self->probe->is_backend) {
    gboolean can_abort = pw_authority_can (self->authority, PW_CAN_ABORT);

    if (step == PW_PROBE_LIST && !can_abort)
      after = PW_PROBE_BUCKET;
    else if (step == PW_PROBE_CREATE)
      after = can_abort ? PW_PROBE_BUCKET : PW_N_PROBES;
    else if (step == PW_PROBE_UNFINISHED)
      after = pw_authority_can (self->authority, PW_CAN_LIST_UPLOADS) ? after : PW_N_PROBES;
    else if (step > PW_PROBE_LIST)
      after = PW_N_PROBES;
  }
  return after != PW_N_PROBES
         && (after == step || (self->probe->results[after].was_tried
                               && !self->probe->results[after].error));
}

static void
run_step (PwProbing   *self,
          PwProbeStep  step)
{
  PwProbeResult *result = &self->probe->results[step];

  if (!is_possible (self, step))
    return;
  result->was_tried = TRUE;
  self->exchange.attempts = (PwAttempts) { 0 };
  steps[step].run (self, &result->error);
  if (self->shown)
    self->shown (step, result, self->user_data);
}

PwProbe *
pw_probe_run (PwDestination *destination,
              PwAuthority   *authority,
              HttpClient    *client,
              PwProbeFunc    shown,
              gpointer       user_data)
{
  g_autofree char *name = g_strdup_printf (".partway-test-%08x%08x", g_random_int (),
                                           g_random_int ());
  PwProbe *probe = g_new0 (PwProbe, 1);
  PwProbing self = {
    .probe = probe, .authority = authority, .exchange.client = client,
    .key = pw_destination_dup_key (destination, name), .shown = shown, .user_data = user_data,
  };

  probe->is_backend = destination->kind == PW_DESTINATION_PRESIGN;
  for (guint step = 0; step < PW_N_PROBES; step++)
    run_step (&self, (PwProbeStep) step);
  if (probe->is_backend)
    probe->dialect = pw_authority_presign_get_dialect (authority);
  if (self.upload_id && (!probe->results[PW_PROBE_COMPLETE].was_tried
                         || probe->results[PW_PROBE_COMPLETE].error))
    pw_authority_abort (authority, &self.exchange, self.key, self.upload_id, NULL);
  g_free (self.upload_id);
  g_free (self.key);
  pw_exchange_clear (&self.exchange);
  return probe;
}

void
pw_probe_free (PwProbe *self)
{
  for (guint step = 0; step < PW_N_PROBES; step++)
    g_clear_error (&self->results[step].error);
  g_free (self);
}

const GError *
pw_probe_get_error (const PwProbe *self)
{
  for (guint step = 0; step < PW_N_PROBES; step++) {
    gboolean is_needed = steps[step].is_needed
                         || (self->is_backend && step <= PW_PROBE_LIST);

    if (is_needed && self->results[step].error)
      return self->results[step].error;
  }
  return NULL;
}

gboolean
pw_probe_is_usable (const PwProbe *self)
{
  return pw_probe_get_error (self) == NULL;
}

const char *
pw_probe_get_title (PwProbeStep          step,
                    const PwDestination *destination)
{
  static const char *const titles[PW_N_PROBES] = {
    N_("Find the bucket"), N_("Begin an upload"), N_("Send a part"),
    N_("List the parts"), N_("Put the parts together"), N_("Look at the object"),
    N_("Send a small file"), N_("Keep what exists"), N_("List unfinished uploads"),
    N_("Delete the test object"),
  };

  if (step == PW_PROBE_BUCKET && destination->kind != PW_DESTINATION_S3)
    return _("Find the backend");
  return _(titles[step]);
}

void
pw_probe_apply (const PwProbe *self,
                PwDestination *destination)
{
  if (self->is_backend) {
    destination->dialect = self->dialect;
    return;
  }
  destination->is_probed = pw_probe_is_usable (self);
  destination->checksum = self->checksum;
  destination->etag_is_md5 = self->etag_is_md5;
  destination->put_if_none_match = self->keeps_existing;
}
