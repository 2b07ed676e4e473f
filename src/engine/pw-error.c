/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-error.h"

#include "aws/aws-error.h"

#include "http/http-client.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MESSAGE_CHARS 200u
#define REQUEST_ID_CHARS 64u

G_DEFINE_QUARK (pw-error-quark, pw_error)

typedef struct {
  const char *id;
  const char *title;
} Text;

static const Text texts[] = {
  [PW_ERROR_CANCELLED] = { "cancelled", N_("The upload was cancelled.") },

  [PW_ERROR_SOURCE_VANISHED] = { "source-vanished",
    N_("The file is no longer there. Put it back in its place, or choose it again.") },
  [PW_ERROR_SOURCE_CHANGED] = { "source-changed",
    N_("The file has changed since the upload began. Upload it anew to send what it holds now.") },
  [PW_ERROR_SOURCE_UNREADABLE] = { "source-unreadable",
    N_("The file may not be read. Give yourself permission to read it, or choose it again.") },
  [PW_ERROR_SOURCE_NOT_A_FILE] = { "source-not-a-file",
    N_("This is not a file that can be uploaded. Choose an ordinary file.") },
  [PW_ERROR_SOURCE_READ] = { "source-read",
    N_("The file could not be read to its end. Check the disk or drive that holds it.") },

  [PW_ERROR_OFFLINE] = { "offline",
    N_("There is no network. The upload goes on when this computer is connected again.") },
  [PW_ERROR_METERED] = { "metered",
    N_("This network is metered. The upload goes on when another one is there.") },
  [PW_ERROR_NETWORK] = { "network",
    N_("The connection to the service broke or could not be made. Check the network; "
       "nothing that has arrived is lost.") },
  [PW_ERROR_RESOLVE] = { "resolve",
    N_("The service’s address could not be found. Check the network and the "
       "destination’s address.") },
  [PW_ERROR_CERTIFICATE] = { "certificate",
    N_("The server could not prove that it is the right one, so nothing was sent. Check the "
       "destination’s address, or give the destination its own certificate file.") },
  [PW_ERROR_CA_FILE] = { "ca-file",
    N_("The destination’s certificate file could not be used. Choose it again.") },
  [PW_ERROR_PROXY] = { "proxy",
    N_("The network’s proxy did not let the upload through. Check the proxy settings.") },
  [PW_ERROR_INSECURE] = { "insecure",
    N_("The destination’s address does not encrypt what is sent. Use an address that begins with "
       "https, or allow this destination to go without.") },

  [PW_ERROR_CREDENTIALS_MISSING] = { "credentials-missing",
    N_("There is no access key for this destination. Enter one in the destination’s settings.") },
  [PW_ERROR_CREDENTIALS_EXPIRED] = { "credentials-expired",
    N_("The permission to upload has run out. Renew the access key or sign in again; "
       "the upload then goes on where it was.") },
  [PW_ERROR_CREDENTIALS_WRONG] = { "credentials-wrong",
    N_("The service does not accept the access key. Check the access key and the secret key.") },
  [PW_ERROR_ACCESS_DENIED] = { "access-denied",
    N_("The service does not allow this upload. Ask the owner of the bucket for permission.") },
  [PW_ERROR_KEYRING_LOCKED] = { "keyring-locked",
    N_("The keyring that holds the access key is locked. Unlock it and try again.") },
  [PW_ERROR_KEYRING_ABSENT] = { "keyring-absent",
    N_("No keyring is running that could hold the access key. Start one, or enter the key "
       "for this session only.") },
  [PW_ERROR_KEYRING_REFUSED] = { "keyring-refused",
    N_("The keyring did not give or take the access key. Try again, or enter the key "
       "for this session only.") },

  [PW_ERROR_NO_SUCH_BUCKET] = { "no-such-bucket",
    N_("The bucket does not exist. Check its name in the destination’s settings.") },
  [PW_ERROR_NO_SUCH_OBJECT] = { "no-such-object",
    N_("The service has nothing of that name.") },
  [PW_ERROR_REGION] = { "region",
    N_("The bucket is in another region. Correct the region in the destination’s settings.") },
  [PW_ERROR_CLOCK] = { "clock",
    N_("This computer’s clock is wrong, so the service refuses. "
       "Set date and time, then try again.") },
  [PW_ERROR_UPLOAD_GONE] = { "upload-gone",
    N_("The service no longer knows this unfinished upload. It has to start anew.") },
  [PW_ERROR_EXISTS] = { "exists",
    N_("There is already an object of that name. Choose another name, "
       "or allow it to be replaced.") },
  [PW_ERROR_CONFLICT] = { "conflict",
    N_("Somebody else is writing the same object at the same time. "
       "Try again when they are done.") },
  [PW_ERROR_TOO_LARGE] = { "too-large",
    N_("The file is larger than the service takes.") },
  [PW_ERROR_QUOTA] = { "quota",
    N_("The space at the service is used up. Make room or get more, then try again.") },
  [PW_ERROR_STORAGE_CLASS] = { "storage-class",
    N_("The service does not have that storage class. Choose another in the "
       "destination’s settings.") },
  [PW_ERROR_KMS] = { "kms",
    N_("The service could not use its encryption key. "
       "Ask the owner of the bucket to check the key.") },
  [PW_ERROR_PARTS] = { "parts",
    N_("The service does not hold all that was sent. Try again to send what is missing.") },
  [PW_ERROR_DAMAGED] = { "damaged",
    N_("What was sent arrived damaged, more than once. Check the network, the disk and the memory "
       "of this computer.") },
  [PW_ERROR_WRONG_OBJECT] = { "wrong-object",
    N_("What the service stored is not the same as the file. Do not rely on it; upload it anew.") },
  [PW_ERROR_THROTTLED] = { "throttled",
    N_("The service is asked for too much at the moment. The upload goes on later.") },
  [PW_ERROR_SERVER] = { "server",
    N_("The service has trouble at the moment. The upload goes on later.") },
  [PW_ERROR_ANSWER] = { "answer",
    N_("The answer did not come from the service. If this network asks you to sign in, do so "
       "in a browser; else check the destination’s address.") },
  [PW_ERROR_UNSUPPORTED] = { "unsupported",
    N_("The service cannot do what was asked of it. Check the options of the destination.") },
  [PW_ERROR_REFUSED] = { "refused",
    N_("The service refused the upload.") },

  [PW_ERROR_DESTINATION] = { "destination",
    N_("The destination is unknown or not valid. Check its settings.") },
  [PW_ERROR_PLAN] = { "plan",
    N_("The file cannot be cut into parts of that size for this service. "
       "Choose another part size.") },
  [PW_ERROR_KEY] = { "key",
    N_("The object’s name is not valid. Choose another name.") },
  [PW_ERROR_PRESIGN] = { "presign",
    N_("The server that gives permission for the upload did not answer as it should. "
       "Check its address in the destination’s settings, or ask whoever runs it.") },

  [PW_ERROR_JOURNAL] = { "journal",
    N_("The progress of the upload cannot be saved. Make room on the disk, then try again.") },
  [PW_ERROR_JOURNAL_BROKEN] = { "journal-broken",
    N_("The saved progress of this upload cannot be read. It was set aside; "
       "upload the file anew.") },
  [PW_ERROR_LOCKED] = { "locked",
    N_("Another window or program is already working on this upload.") },
};

G_STATIC_ASSERT (G_N_ELEMENTS (texts) == PW_ERROR_LAST + 1);

static void
replace (char **text, const char *pattern, const char *replacement)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_CASELESS, 0, NULL);
  char *replaced = g_regex_replace (regex, *text, -1, 0, replacement, 0, NULL);

  g_free (*text);
  *text = replaced;
}

static GError *
compose (PwError code, const char *details)
{
  if (!details || !details[0])
    return g_error_new_literal (PW_ERROR, code, pw_error_get_title (code));
  /* Translators: a sentence that says what went wrong, and the service's own words for it. */
  return g_error_new (PW_ERROR, code, C_("error", "%s (%s)"), pw_error_get_title (code), details);
}

const char *
pw_error_get_title (PwError code)
{
  g_return_val_if_fail ((guint) code <= PW_ERROR_LAST, "");

  return _(texts[code].title);
}

const char *
pw_error_get_id (PwError code)
{
  g_return_val_if_fail ((guint) code <= PW_ERROR_LAST, "");

  return texts[code].id;
}

PwError
pw_error_from_id (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (g_strcmp0 (texts[i].id, id) == 0)
      return (PwError) i;
  }
  return PW_ERROR_REFUSED;
}

static gboolean
find_code (const GError *error, PwError *code)
{
  if (!error)
    return FALSE;
  if (error->domain == PW_ERROR)
    *code = (PwError) error->code;
  else if (error->domain == AWS_ERROR)
    *code = PW_ERROR_CREDENTIALS_MISSING;
  else if (error->domain == HTTP_ERROR || error->domain == S3_REPLY_ERROR)
    *code = pw_error_classify_http (error);
  else
    return FALSE;
  return TRUE;
}

gboolean
pw_error_is_transient (const GError *error)
{
  PwError code;

  if (!find_code (error, &code))
    return FALSE;
  switch (code) {
  case PW_ERROR_OFFLINE:
  case PW_ERROR_METERED:
  case PW_ERROR_NETWORK:
  case PW_ERROR_RESOLVE:
  case PW_ERROR_THROTTLED:
  case PW_ERROR_SERVER:
  case PW_ERROR_ANSWER:
    return TRUE;
  default:
    return FALSE;
  }
}

gboolean
pw_error_is_authorisation (const GError *error)
{
  PwError code;

  if (!find_code (error, &code))
    return FALSE;
  switch (code) {
  case PW_ERROR_CREDENTIALS_MISSING:
  case PW_ERROR_CREDENTIALS_EXPIRED:
  case PW_ERROR_CREDENTIALS_WRONG:
  case PW_ERROR_ACCESS_DENIED:
  case PW_ERROR_KEYRING_LOCKED:
  case PW_ERROR_KEYRING_ABSENT:
  case PW_ERROR_KEYRING_REFUSED:
    return TRUE;
  default:
    return FALSE;
  }
}

GError *
pw_error_from_failure (const S3Failure *failure)
{
  g_autoptr (GString) details = g_string_new (NULL);
  g_autofree char *message = NULL;
  g_autofree char *request_id = NULL;
  g_autofree char *code = NULL;

  g_return_val_if_fail (failure != NULL, NULL);

  code = pw_error_dup_clean (failure->code, REQUEST_ID_CHARS);
  message = pw_error_dup_clean (failure->message, MESSAGE_CHARS);
  /* It is no longer the end of a sentence. */
  if (g_str_has_suffix (message, "."))
    message[strlen (message) - 1] = '\0';
  request_id = pw_error_dup_clean (failure->request_id, REQUEST_ID_CHARS);
  if (code[0])
    g_string_append (details, code);
  else if (failure->status)
    g_string_append_printf (details, "HTTP %u", failure->status);
  if (message[0])
    g_string_append_printf (details, "%s%s", details->len ? ": " : "", message);
  if (request_id[0])
    g_string_append_printf (details, _("; request %s"), request_id);
  return compose (pw_error_classify_failure (failure), details->str);
}

GError *
pw_error_from_http (const GError *http_error)
{
  g_autofree char *details = NULL;

  g_return_val_if_fail (http_error != NULL, NULL);

  if (http_error->domain != HTTP_ERROR && http_error->domain != S3_REPLY_ERROR)
    return g_error_copy (http_error);
  if (g_error_matches (http_error, HTTP_ERROR, HTTP_ERROR_STOPPED))
    return compose (PW_ERROR_CANCELLED, NULL);
  details = pw_error_dup_clean (http_error->message, MESSAGE_CHARS);
  return compose (pw_error_classify_http (http_error), details);
}

GError *
pw_error_from_aws (const GError *aws_error)
{
  g_return_val_if_fail (aws_error != NULL, NULL);

  return g_error_new_literal (PW_ERROR, PW_ERROR_CREDENTIALS_MISSING, aws_error->message);
}

char *
pw_error_dup_clean (const char *text, guint max_chars)
{
  g_autofree char *clean = g_utf8_make_valid (text ? text : "", -1);
  g_autofree char *start = NULL;

  g_return_val_if_fail (max_chars > 0, NULL);

  replace (&clean, "[\\s[:cntrl:]]+", " ");
  replace (&clean, "(://)[^ /@]*@", "\\1");
  replace (&clean, "(://[^ ?#\"'<>]*)[?#][^ \"'<>]*", "\\1");
  replace (&clean, "((signature|credential|token|keyid|password|secret)=)[^ &,;\"'<>]+", "\\1…");
  g_strstrip (clean);
  if (g_utf8_strlen (clean, -1) <= (glong) max_chars)
    return g_steal_pointer (&clean);
  start = g_utf8_substring (clean, 0, (glong) max_chars - 1);
  return g_strconcat (start, "…", NULL);
}
