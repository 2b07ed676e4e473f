/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-retry.h"

#include "http/http-client.h"

#include <string.h>

#define TRANSIENT_MAX 10u
#define THROTTLED_MAX 20u
#define FIX_MAX 2u
#define FREE_MAX 1u

#define TRANSIENT_BASE_MS 100u
#define TRANSIENT_CAP_MS 20000u
#define THROTTLED_BASE_MS 1000u
#define THROTTLED_CAP_MS 30000u
#define RETRY_AFTER_MAX_S 300u

/* InternalErrors of a Complete after which the upload itself is suspected. */
#define SUSPECT_AFTER 3u

static PwVerdict
count (guint *n, guint max, PwVerdict verdict)
{
  if (*n >= max)
    return PW_VERDICT_STOP;
  (*n)++;
  return verdict;
}

/* The answer to a HEAD has no words, and may stand for RequestTimeTooSkewed: whoever signs can tell
 * from the date. */
static PwVerdict
judge_denied (PwAttempts *attempts, PwCall call, const S3Failure *failure)
{
  if (!failure->code[0] && failure->date != 0 && !(call & PW_CALL_PRESIGNED))
    return count (&attempts->n_clock, FIX_MAX, PW_VERDICT_FIX_CLOCK);
  if (!(call & PW_CALL_PRESIGNED) || !failure->code[0])
    return PW_VERDICT_STOP;
  return count (&attempts->n_credentials, FIX_MAX, PW_VERDICT_FIX_CREDENTIALS);
}

static PwVerdict
judge_server (PwAttempts *attempts, PwCall call, const S3Failure *failure)
{
  PwVerdict verdict = count (&attempts->n_transient, TRANSIENT_MAX, PW_VERDICT_RETRY);

  if ((call & PW_CALL_COMPLETE) && verdict == PW_VERDICT_RETRY &&
      strcmp (failure->code, "InternalError") == 0 && ++attempts->n_suspect == SUSPECT_AFTER)
    return PW_VERDICT_UPLOAD_GONE;
  return verdict;
}

static PwVerdict
judge_conflict (PwAttempts *attempts, PwCall call, const S3Failure *failure)
{
  /* A PutObject that lost the race is simply sent again; it is only the parts of an upload that
   * S3 no longer takes. */
  if ((call & PW_CALL_UPLOAD) && strcmp (failure->code, "ConditionalRequestConflict") == 0)
    return PW_VERDICT_RESTART;
  return count (&attempts->n_transient, TRANSIENT_MAX, PW_VERDICT_RETRY);
}

PwVerdict
pw_retry_judge_failure (PwAttempts *attempts, PwCall call, const S3Failure *failure)
{
  g_return_val_if_fail (attempts != NULL && failure != NULL, PW_VERDICT_STOP);

  switch (pw_error_classify_failure (failure)) {
  case PW_ERROR_NETWORK:
  case PW_ERROR_ANSWER:
    return count (&attempts->n_transient, TRANSIENT_MAX, PW_VERDICT_RETRY);
  case PW_ERROR_SERVER:
    return judge_server (attempts, call, failure);
  case PW_ERROR_THROTTLED:
    return count (&attempts->n_throttled, THROTTLED_MAX, PW_VERDICT_SLOW_DOWN);
  case PW_ERROR_CLOCK:
    if (failure->date == 0)
      return PW_VERDICT_STOP;
    return count (&attempts->n_clock, FIX_MAX, PW_VERDICT_FIX_CLOCK);
  case PW_ERROR_REGION:
    if (!failure->region[0] && !failure->endpoint[0])
      return PW_VERDICT_STOP;
    return count (&attempts->n_region, FIX_MAX, PW_VERDICT_FIX_REGION);
  case PW_ERROR_CREDENTIALS_EXPIRED:
    return count (&attempts->n_credentials, FIX_MAX, PW_VERDICT_FIX_CREDENTIALS);
  case PW_ERROR_ACCESS_DENIED:
    return judge_denied (attempts, call, failure);
  case PW_ERROR_DAMAGED:
    return count (&attempts->n_damaged, FIX_MAX, PW_VERDICT_READ_AGAIN);
  case PW_ERROR_UPLOAD_GONE:
    return PW_VERDICT_UPLOAD_GONE;
  case PW_ERROR_NO_SUCH_OBJECT:
    if ((call & PW_CALL_UPLOAD) && failure->code[0])
      return PW_VERDICT_UPLOAD_GONE;
    return PW_VERDICT_STOP;
  case PW_ERROR_CONFLICT:
    return judge_conflict (attempts, call, failure);
  default:
    return PW_VERDICT_STOP;
  }
}

PwVerdict
pw_retry_judge_http (PwAttempts *attempts, const GError *error)
{
  g_return_val_if_fail (attempts != NULL && error != NULL, PW_VERDICT_STOP);

  if (error->domain != HTTP_ERROR && error->domain != S3_REPLY_ERROR)
    return PW_VERDICT_STOP;
  if (g_error_matches (error, HTTP_ERROR, HTTP_ERROR_RESET) && attempts->n_free < FREE_MAX)
    return count (&attempts->n_free, FREE_MAX, PW_VERDICT_FREE_RETRY);
  /* An answer past all bounds will not be shorter the next time. */
  if (!pw_error_is_transient (error) || g_error_matches (error, HTTP_ERROR, HTTP_ERROR_TOO_LARGE))
    return PW_VERDICT_STOP;
  return count (&attempts->n_transient, TRANSIENT_MAX, PW_VERDICT_RETRY);
}

static double
get_ceiling_ms (guint base_ms, guint cap_ms, guint n)
{
  guint doublings = MIN (MAX (n, 1u) - 1u, 16u);

  return (double) MIN ((guint64) base_ms << doublings, (guint64) cap_ms);
}

guint
pw_retry_get_wait_ms (const PwAttempts *attempts,
                      PwVerdict         verdict,
                      guint             retry_after_s,
                      double            dice)
{
  double ceiling_ms;

  g_return_val_if_fail (attempts != NULL && dice >= 0 && dice < 1, 0);

  if (verdict == PW_VERDICT_RETRY)
    ceiling_ms = get_ceiling_ms (TRANSIENT_BASE_MS, TRANSIENT_CAP_MS, attempts->n_transient);
  else if (verdict == PW_VERDICT_SLOW_DOWN)
    ceiling_ms = get_ceiling_ms (THROTTLED_BASE_MS, THROTTLED_CAP_MS, attempts->n_throttled);
  else
    return 0;
  return MIN (retry_after_s, RETRY_AFTER_MAX_S) * 1000u + (guint) (ceiling_ms * dice);
}
