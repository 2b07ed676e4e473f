/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-error.h"

#include "http/http-client.h"

#include <string.h>

typedef struct {
  const char *code;
  PwError error;
} Code;

/* Those of S3's codes whose status alone would not tell. */
static const Code codes[] = {
  { "AccessDenied", PW_ERROR_ACCESS_DENIED },
  { "AccountProblem", PW_ERROR_ACCESS_DENIED },
  { "AllAccessDisabled", PW_ERROR_ACCESS_DENIED },
  { "AuthorizationHeaderMalformed", PW_ERROR_CREDENTIALS_WRONG },
  { "AuthorizationQueryParametersError", PW_ERROR_CREDENTIALS_WRONG },
  { "BadDigest", PW_ERROR_DAMAGED },
  { "BandwidthLimitExceeded", PW_ERROR_THROTTLED },
  { "BucketQuotaExceeded", PW_ERROR_QUOTA },
  { "ConditionalRequestConflict", PW_ERROR_CONFLICT },
  { "EntityTooLarge", PW_ERROR_TOO_LARGE },
  { "EntityTooSmall", PW_ERROR_PLAN },
  { "ExpiredToken", PW_ERROR_CREDENTIALS_EXPIRED },
  { "ExpiredTokenException", PW_ERROR_CREDENTIALS_EXPIRED },
  { "IncompleteBody", PW_ERROR_NETWORK },
  { "InsufficientCapacity", PW_ERROR_QUOTA },
  { "InternalError", PW_ERROR_SERVER },
  { "InternalErrors", PW_ERROR_SERVER },
  { "InvalidAccessKeyId", PW_ERROR_CREDENTIALS_WRONG },
  { "InvalidBucketName", PW_ERROR_DESTINATION },
  { "InvalidPart", PW_ERROR_PARTS },
  { "InvalidPartOrder", PW_ERROR_PARTS },
  { "InvalidSecurity", PW_ERROR_CREDENTIALS_WRONG },
  { "InvalidStorageClass", PW_ERROR_STORAGE_CLASS },
  { "InvalidToken", PW_ERROR_CREDENTIALS_WRONG },
  { "InvalidURI", PW_ERROR_KEY },
  { "KeyTooLong", PW_ERROR_KEY },
  { "KeyTooLongError", PW_ERROR_KEY },
  { "NoSuchBucket", PW_ERROR_NO_SUCH_BUCKET },
  { "NoSuchKey", PW_ERROR_NO_SUCH_OBJECT },
  { "NoSuchUpload", PW_ERROR_UPLOAD_GONE },
  { "NotImplemented", PW_ERROR_UNSUPPORTED },
  { "NotSignedUp", PW_ERROR_ACCESS_DENIED },
  { "OperationAborted", PW_ERROR_CONFLICT },
  { "PermanentRedirect", PW_ERROR_REGION },
  { "PreconditionFailed", PW_ERROR_EXISTS },
  { "PriorRequestNotComplete", PW_ERROR_THROTTLED },
  { "QuotaExceeded", PW_ERROR_QUOTA },
  { "RequestExpired", PW_ERROR_CREDENTIALS_EXPIRED },
  { "RequestLimitExceeded", PW_ERROR_THROTTLED },
  { "RequestThrottled", PW_ERROR_THROTTLED },
  { "RequestThrottledException", PW_ERROR_THROTTLED },
  { "RequestTimeTooSkewed", PW_ERROR_CLOCK },
  { "RequestTimeout", PW_ERROR_NETWORK },
  { "ServiceUnavailable", PW_ERROR_SERVER },
  { "SignatureDoesNotMatch", PW_ERROR_CREDENTIALS_WRONG },
  { "SlowDown", PW_ERROR_THROTTLED },
  { "TemporaryRedirect", PW_ERROR_REGION },
  { "TokenRefreshRequired", PW_ERROR_CREDENTIALS_EXPIRED },
  { "TooManyParts", PW_ERROR_PLAN },
  { "TooManyRequests", PW_ERROR_THROTTLED },
  { "TooManyRequestsException", PW_ERROR_THROTTLED },
  { "UnauthorizedAccess", PW_ERROR_ACCESS_DENIED },
  { "XAmzContentChecksumMismatch", PW_ERROR_DAMAGED },
  { "XAmzContentSHA256Mismatch", PW_ERROR_DAMAGED },
  { "XMinioAdminBucketQuotaExceeded", PW_ERROR_QUOTA },
  { "XMinioInvalidObjectName", PW_ERROR_KEY },
  { "XMinioStorageFull", PW_ERROR_QUOTA },
};

static gboolean
does_contain (const char *text, const char *lower_case)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);

  return strstr (lower, lower_case) != NULL;
}

static PwError
classify_status (const S3Failure *failure)
{
  switch (failure->status) {
  case 301:
  case 307:
  case 308:
    /* A portal redirects too, but knows nothing of regions. */
    return failure->region[0] || failure->endpoint[0] ? PW_ERROR_REGION : PW_ERROR_ANSWER;
  case 400:
    return failure->region[0] && !failure->code[0] ? PW_ERROR_REGION : PW_ERROR_REFUSED;
  case 401: return PW_ERROR_CREDENTIALS_WRONG;
  case 403: return failure->code[0] ? PW_ERROR_REFUSED : PW_ERROR_ACCESS_DENIED;
  case 404: return failure->code[0] ? PW_ERROR_REFUSED : PW_ERROR_NO_SUCH_OBJECT;
  case 407: return PW_ERROR_PROXY;
  case 408: return PW_ERROR_NETWORK;
  case 409: return PW_ERROR_CONFLICT;
  case 412: return PW_ERROR_EXISTS;
  case 413: return PW_ERROR_TOO_LARGE;
  case 429: return PW_ERROR_THROTTLED;
  case 501: return PW_ERROR_UNSUPPORTED;
  case 507: return PW_ERROR_QUOTA;
  default: break;
  }
  if (failure->status >= 500)
    return PW_ERROR_SERVER;
  if (failure->status >= 400 || failure->code[0])
    return PW_ERROR_REFUSED;
  return PW_ERROR_ANSWER;
}

/* Where one code has more than one meaning, S3's words decide. */
static PwError
refine (PwError error, const S3Failure *failure)
{
  if (error == PW_ERROR_ACCESS_DENIED) {
    if (does_contain (failure->message, "request has expired"))
      return PW_ERROR_CREDENTIALS_EXPIRED;
    if (does_contain (failure->message, "not valid yet"))
      return PW_ERROR_CLOCK;
  }
  if (g_str_has_prefix (failure->code, "Authorization") &&
      (failure->region[0] || does_contain (failure->message, "region")))
    return PW_ERROR_REGION;
  if (error == PW_ERROR_SERVER && does_contain (failure->message, "reduce your request rate"))
    return PW_ERROR_THROTTLED;
  return error;
}

PwError
pw_error_classify_failure (const S3Failure *failure)
{
  g_return_val_if_fail (failure != NULL, PW_ERROR_REFUSED);

  if (g_str_has_prefix (failure->code, "Throttling"))
    return PW_ERROR_THROTTLED;
  if (g_str_has_prefix (failure->code, "KMS."))
    return does_contain (failure->code, "throttling") ? PW_ERROR_THROTTLED : PW_ERROR_KMS;
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    if (strcmp (codes[i].code, failure->code) == 0)
      return refine (codes[i].error, failure);
  }
  return refine (classify_status (failure), failure);
}

PwError
pw_error_classify_http (const GError *error)
{
  g_return_val_if_fail (error != NULL, PW_ERROR_NETWORK);

  if (error->domain == S3_REPLY_ERROR)
    return error->code == S3_REPLY_ERROR_BROKEN ? PW_ERROR_ANSWER : PW_ERROR_REFUSED;
  switch ((HttpError) error->code) {
  case HTTP_ERROR_STOPPED: return PW_ERROR_CANCELLED;
  case HTTP_ERROR_URL: return PW_ERROR_DESTINATION;
  case HTTP_ERROR_RESOLVE: return PW_ERROR_RESOLVE;
  case HTTP_ERROR_CERTIFICATE: return PW_ERROR_CERTIFICATE;
  case HTTP_ERROR_CA_FILE: return PW_ERROR_CA_FILE;
  case HTTP_ERROR_PROXY: return PW_ERROR_PROXY;
  case HTTP_ERROR_TOO_LARGE:
  case HTTP_ERROR_PROTOCOL: return PW_ERROR_ANSWER;
  case HTTP_ERROR_CONNECT:
  case HTTP_ERROR_TLS:
  case HTTP_ERROR_RESET:
  case HTTP_ERROR_STALLED:
  case HTTP_ERROR_NO_ANSWER:
  default: return PW_ERROR_NETWORK;
  }
}
