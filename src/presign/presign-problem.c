/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-problem.h"

#include "http/http-error.h"

void
presign_problem_clear (PresignProblem *self)
{
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->message, g_free);
  if (self->faults) {
    g_string_free (self->faults, TRUE);
    self->faults = NULL;
  }
}

gboolean
presign_problem_set (PresignProblem *self,
                     guint           status,
                     const char     *code,
                     const char     *format,
                     ...)
{
  va_list arguments;

  presign_problem_clear (self);
  self->status = status;
  self->code = g_strdup (code);
  va_start (arguments, format);
  self->message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  self->retryable = status == 429 || status >= 500;
  return FALSE;
}

gboolean
presign_problem_add_fault (PresignProblem *self,
                           const char     *field,
                           const char     *kind,
                           const char     *message)
{
  if (!self->faults) {
    presign_problem_set (self, 422, "InvalidRequest", "%s%s%s", field ? field : "",
                         field ? ": " : "", message);
    self->faults = g_string_new (NULL);
  } else if (self->faults->len > 4096) {
    return FALSE;
  } else {
    g_string_append_c (self->faults, ',');
  }
  g_string_append_printf (self->faults, "{\"loc\":[\"body\"%s", self->where);
  if (field) {
    g_string_append_printf (self->faults, ",\"%s\"", field);
  }
  g_string_append_printf (self->faults, "],\"msg\":\"%s\",\"type\":\"%s\"}", message, kind);
  return FALSE;
}

static gboolean
is_about_our_keys (const char *code)
{
  static const char *const codes[] = {
    "ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "RequestTimeTooSkewed",
    "SignatureDoesNotMatch", "TokenRefreshRequired", NULL,
  };

  return g_strv_contains (codes, code);
}

/* boto3 calls what HEAD cannot explain by its status. */
static char *
dup_code (const S3Failure *failure)
{
  return *failure->code ? g_strdup (failure->code) : g_strdup_printf ("%u", failure->status);
}

gboolean
presign_problem_set_s3 (PresignProblem  *self,
                        const char      *operation,
                        const S3Failure *failure)
{
  g_autofree char *code = dup_code (failure);
  guint status = failure->status;

  if (is_about_our_keys (code) || status < 400) {
    status = 502;
  } else if (status >= 500 && status != 503 && status != 501) {
    status = 502;
  }
  presign_problem_set (self, status, code, "%s",
                       *failure->message ? failure->message : "Unknown");
  self->operation = operation;
  self->retry_after_s = failure->retry_after_s;
  self->retryable = status == 429 || status == 502 || status == 503 || status == 504;
  return FALSE;
}

gboolean
presign_problem_set_error (PresignProblem *self,
                           const char     *operation,
                           const GError   *error)
{
  gboolean late = g_error_matches (error, HTTP_ERROR, HTTP_ERROR_NO_ANSWER) ||
                  g_error_matches (error, HTTP_ERROR, HTTP_ERROR_STALLED);

  presign_problem_set (self, late ? 504 : 502, late ? "GatewayTimeout" : "BadGateway", "%s",
                       error->message);
  self->operation = operation;
  return FALSE;
}
