/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-dialect.h"

#include <glib/gi18n-lib.h>

#include "engine/pw-error.h"

static gboolean
refuse_redirect (const HttpResponse *response,
                 GError            **error)
{
  const char *location = http_response_get_header (response, "Location");
  g_autofree char *clean = pw_error_dup_clean (location ? location : "", 200);

  g_set_error (error, PW_ERROR, PW_ERROR_PRESIGN,
               _("The backend sends on to another address (%s). Nothing is sent there: enter that "
                 "address, if it is the right one."), *clean ? clean : "?");
  return FALSE;
}

/* Not S3's no, but one of the backend's own. */
static gboolean
refuse_route (const S3Failure *failure,
              GError         **error)
{
  g_autofree char *words = pw_error_dup_clean (failure->message, 200);

  g_set_error (error, PW_ERROR, PW_ERROR_PRESIGN, "%s (HTTP %u%s%s)",
               pw_error_get_title (PW_ERROR_PRESIGN), failure->status, *words ? ": " : "", words);
  return FALSE;
}

static gboolean
refuse_nobody (GError **error)
{
  g_set_error_literal (error, PW_ERROR, PW_ERROR_CREDENTIALS_MISSING,
                       _("The backend asks for a token. Store one with the destination, or set "
                         "PARTWAY_PRESIGN_TOKEN."));
  return FALSE;
}

gboolean
pw_dialect_check (const PwExchange    *exchange,
                  const PwAsk         *ask,
                  const HttpResponse  *response,
                  S3Failure          **failure,
                  GError             **error)
{
  guint status = response->status;
  gboolean is_trouble = status == 401 || status == 429 || (status >= 502 && status <= 504);

  if (status < 300)
    return TRUE;
  if (status < 400)
    return refuse_redirect (response, error);
  /* A route that is not there says so in many ways. */
  if (ask->op == PW_OP_FIND && !is_trouble)
    return TRUE;
  if (status == 401 && (!exchange->used || *exchange->used->secret_key == '\0'))
    return refuse_nobody (error);

  *failure = pw_dialect_read_failure (response);
  if (status == 401) {
    g_free ((*failure)->code);
    (*failure)->code = g_strdup ("ExpiredToken");
  } else if (*(*failure)->code == '\0' && (status == 404 || status == 405 || status == 422)) {
    gboolean refused = refuse_route (*failure, error);

    g_clear_pointer (failure, s3_failure_free);
    return refused;
  }
  return FALSE;
}
