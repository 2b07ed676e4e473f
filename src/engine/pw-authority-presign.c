/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-authority-presign.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "engine/pw-dialect-find.h"
#include "engine/pw-error.h"
#include "engine/pw-signer.h"
#include "http/http-origin.h"
#include "s3/s3-options.h"

typedef struct {
  PwAuthority base;
  PwDestination *destination;
  PwCredentials *credentials;
  char *address;                /* of the backend */
  GMutex mutex;                 /* while the dialect is found out; guards what follows until then */
  const PwDialect *dialect;     /* atomic; NULL = not found yet */
  S3Limits limits;
  PwSigner *signer;             /* set before `dialect` */
} PwAuthorityPresign;

static void
presign_free (PwAuthority *base)
{
  PwAuthorityPresign *self = (PwAuthorityPresign *) base;

  /* First: its threads ask through all the rest. */
  g_clear_pointer (&self->signer, pw_signer_free);
  g_object_unref (self->destination);
  pw_credentials_unref (self->credentials);
  g_free (self->address);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static const PwDialect *
get_dialect (PwAuthorityPresign *self)
{
  return g_atomic_pointer_get (&self->dialect);
}

/* What the backend allows may be less than what S3 does. */
static void
apply_facts (PwAuthorityPresign   *self,
             const PwDialectFacts *facts)
{
  S3Limits *limits = &self->limits;

  if (facts->min_part_size > 0)
    limits->min_part_size = facts->min_part_size;
  if (facts->max_part_size >= limits->min_part_size)
    limits->max_part_size = facts->max_part_size;
  if (facts->max_parts > 0)
    limits->max_parts = MIN (limits->max_parts, facts->max_parts);
  if (facts->max_object_size > 0)
    limits->max_object_size = MIN (limits->max_object_size, facts->max_object_size);
  limits->usual_part_size = CLAMP (limits->usual_part_size, limits->min_part_size,
                                   limits->max_part_size);
  pw_authority_set_checksum (&self->base, facts->checksum);
  g_atomic_int_set (&self->base.abilities, facts->abilities);
}

/* The secret, where there is one. Only ever on what goes to the backend's own address. */
static gboolean
add_secret (PwAuthorityPresign *self,
            PwExchange         *exchange,
            HttpRequest        *request,
            GError            **error)
{
  const char *name = self->destination->auth_header;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (S3Credentials) secret = pw_credentials_dup (self->credentials, now, error);

  if (!secret)
    return FALSE;
  if (!s3_header_value_is_clean (secret->secret_key)) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_CREDENTIALS_WRONG,
                         _("The backend’s token holds a character that no header can carry. Enter "
                           "it anew."));
    return FALSE;
  }
  if (*secret->secret_key != '\0' && name && *name) {
    http_request_set_header (request, name, secret->secret_key);
  } else if (*secret->secret_key != '\0') {
    char *bearer = g_strconcat ("Bearer ", secret->secret_key, NULL);

    http_request_set_header (request, "Authorization", bearer);
    explicit_bzero (bearer, strlen (bearer));
    g_free (bearer);
  }
  g_clear_pointer (&exchange->used, s3_credentials_free);
  exchange->used = g_steal_pointer (&secret);
  return TRUE;
}

static HttpRequest *
make_backend_request (PwAuthorityPresign *self,
                      PwExchange         *exchange,
                      const PwAsk        *ask,
                      GError            **error)
{
  const PwDialect *dialect = get_dialect (self);
  g_autoptr (HttpRequest) request = NULL;

  if (ask->op == PW_OP_FIND)
    request = pw_dialect_get ("GET", self->address, ask->route);
  else
    request = dialect->request (self->address, ask);
  if (!request) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_UNSUPPORTED,
                         _("The backend’s dialect has no such call."));
    return NULL;
  }
  return add_secret (self, exchange, request, error) ? g_steal_pointer (&request) : NULL;
}

/* Bytes must not cross a network in the clear where the user did not allow it, whoever says so. */
static gboolean
check_url (PwAuthorityPresign *self,
           const PwSigned     *signed_url,
           GError            **error)
{
  g_autofree char *origin = http_origin_dup (signed_url->url);

  if (signed_url->is_form) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_PRESIGN,
                         _("The backend gives a form instead of a URL for small files. It has to "
                           "sign PUT."));
    return FALSE;
  }
  if (self->destination->allow_http || http_origin_is_loopback (origin)
      || g_ascii_strncasecmp (origin, "https:", 6) == 0)
    return TRUE;
  g_set_error (error, PW_ERROR, PW_ERROR_INSECURE,
               _("The backend’s URLs lead to http://%s, which does not encrypt what is sent. Allow "
                 "plain http for this destination, or have the backend sign for https."),
               http_origin_get_host (origin));
  return FALSE;
}

static PwSigned *
find_part (GPtrArray *urls,
           guint      part_number)
{
  for (guint i = 0; i < urls->len; i++) {
    PwSigned *found = g_ptr_array_index (urls, i);

    if (found->part_number == part_number)
      return g_ptr_array_steal_index (urls, i);
  }
  return NULL;
}

static GPtrArray *
fetch (PwAuthorityPresign *self,
       PwExchange         *exchange,
       const PwAsk        *subject,
       const PwWantedPart *wanted,
       guint               n_wanted,
       GError            **error)
{
  PwAsk ask = { .op = PW_OP_SIGN, .subject = subject, .wanted = wanted, .n_wanted = n_wanted };
  g_autoptr (HttpResponse) response = pw_authority_ask (&self->base, exchange, &ask, error);
  g_autoptr (GError) problem = NULL;
  GPtrArray *urls;

  if (!response)
    return NULL;
  urls = get_dialect (self)->read_signed (&ask, response, &problem);
  if (!urls)
    pw_authority_judge_broken (exchange, problem, error);
  return urls;
}

static GPtrArray *
fetch_ahead_cb (gpointer            data,
                PwExchange         *exchange,
                const PwAsk        *subject,
                const PwWantedPart *wanted,
                guint               n_wanted)
{
  return fetch (data, exchange, subject, wanted, n_wanted, NULL);
}

/* The URL for one call, asked for now. */
static PwSigned *
fetch_one (PwAuthorityPresign *self,
           PwExchange         *exchange,
           const PwAsk        *ask,
           GError            **error)
{
  PwWantedPart wanted = { .part_number = ask->part_number, .size = ask->size };
  g_autoptr (GPtrArray) urls = NULL;
  PwSigned *found;

  if (ask->checksum && get_dialect (self)->signs_checksums)
    wanted.checksum = *ask->checksum;
  urls = fetch (self, exchange, ask, &wanted, 1, error);
  if (!urls)
    return NULL;
  found = find_part (urls, ask->part_number);
  if (!found) {
    g_autoptr (GError) problem = NULL;

    pw_dialect_fail (&problem, "not the URL that was asked for");
    pw_authority_judge_broken (exchange, problem, error);
  }
  return found;
}

static PwSigned *
find_url (PwAuthorityPresign *self,
          PwExchange         *exchange,
          const PwAsk        *ask,
          GError            **error)
{
  PwSigned *found = NULL;

  if (ask->op == PW_OP_PART)
    found = pw_signer_take (self->signer, ask->upload_id, ask->part_number, ask->checksum,
                            exchange->transfer);
  if (found)
    return found;
  found = fetch_one (self, exchange, ask, error);
  if (found)
    pw_signer_wake (self->signer);
  return found;
}

static HttpRequest *
make_direct_request (PwAuthorityPresign *self,
                     PwExchange         *exchange,
                     const PwAsk        *ask,
                     GError            **error)
{
  g_autoptr (PwSigned) found = find_url (self, exchange, ask, error);
  HttpRequest *request;

  if (!found || !check_url (self, found, error))
    return NULL;
  request = pw_dialect_make_direct (ask, found);
  g_free (exchange->told_key);
  exchange->told_key = g_steal_pointer (&found->key);
  g_clear_pointer (&exchange->used, s3_credentials_free);
  return request;
}

static gboolean
presign_prepare (PwAuthority *base,
                 PwExchange  *exchange,
                 GError     **error)
{
  PwAuthorityPresign *self = (PwAuthorityPresign *) base;
  const PwDialect *found = get_dialect (self);
  PwDialectFacts facts;

  if (found)
    return TRUE;
  g_mutex_lock (&self->mutex);
  found = get_dialect (self);
  if (!found) {
    found = pw_dialect_find (base, exchange, self->destination->dialect, &facts, error);
    if (found) {
      apply_facts (self, &facts);
      self->signer = pw_signer_new (found, self->destination->ca_file, fetch_ahead_cb, self);
      g_atomic_pointer_set (&self->dialect, found);
    }
  }
  g_mutex_unlock (&self->mutex);
  return found != NULL;
}

static HttpRequest *
presign_request (PwAuthority *base,
                 PwExchange  *exchange,
                 const PwAsk *ask,
                 GError     **error)
{
  PwAuthorityPresign *self = (PwAuthorityPresign *) base;

  if (ask->op != PW_OP_FIND && !presign_prepare (base, exchange, error))
    return NULL;
  if (ask->op != PW_OP_FIND && pw_dialect_is_direct (get_dialect (self), ask->op))
    return make_direct_request (self, exchange, ask, error);
  return make_backend_request (self, exchange, ask, error);
}

static gboolean
presign_repair (PwAuthority     *base,
                PwExchange      *exchange,
                const PwAsk     *ask,
                const S3Failure *failure)
{
  PwAuthorityPresign *self = (PwAuthorityPresign *) base;

  if (exchange->verdict != PW_VERDICT_FIX_CREDENTIALS)
    return FALSE;
  /* A URL that ran out, or was signed with keys that did: the next one is fresh. */
  if (ask->op != PW_OP_FIND && pw_dialect_is_direct (get_dialect (self), ask->op)) {
    if (ask->op == PW_OP_PART)
      pw_signer_drop (self->signer, ask->upload_id);
    return TRUE;
  }
  return failure && failure->status == 401 && exchange->used
         && pw_credentials_expire (self->credentials, exchange->used);
}

static gboolean
presign_check (PwAuthority         *base,
               PwExchange          *exchange,
               const PwAsk         *ask,
               const HttpResponse  *response,
               S3Failure          **failure,
               GError             **error)
{
  PwAuthorityPresign *self = (PwAuthorityPresign *) base;

  if (ask->op != PW_OP_FIND && pw_dialect_is_direct (get_dialect (self), ask->op))
    return pw_authority_check_s3 (response, failure, error);
  return pw_dialect_check (exchange, ask, response, failure, error);
}

/* S3 itself answers through URLs that the backend signed: the key may still be the backend's. */
static PwBegun *
read_begun_of_s3 (const PwExchange   *exchange,
                  const PwAsk        *ask,
                  const HttpResponse *response,
                  GError            **error)
{
  g_autoptr (S3CreateReply) reply = s3_create_reply_parse (response, error);
  PwBegun *begun;

  if (!reply)
    return NULL;
  begun = g_new0 (PwBegun, 1);
  begun->upload_id = g_steal_pointer (&reply->upload_id);
  begun->abort_date = g_steal_pointer (&reply->abort_date);
  begun->key = g_strdup (exchange->told_key ? exchange->told_key : ask->key);
  begun->kind = S3_CHECKSUM_MD5;
  return begun;
}

static PwBegun *
presign_read_begun (PwAuthority        *base,
                    PwExchange         *exchange,
                    const PwAsk        *ask,
                    const HttpResponse *response,
                    GError            **error)
{
  const PwDialect *dialect = get_dialect ((PwAuthorityPresign *) base);

  return dialect->read_begun ? dialect->read_begun (ask, response, error)
                             : read_begun_of_s3 (exchange, ask, response, error);
}

static S3PartsPage *
presign_read_parts (PwAuthority        *base,
                    const HttpResponse *response,
                    GError            **error)
{
  const PwDialect *dialect = get_dialect ((PwAuthorityPresign *) base);
  S3PartsPage *page;

  if (dialect->read_parts)
    return dialect->read_parts (response, error);
  page = s3_parts_page_parse (response, error);
  /* The marker would have to be signed: the rest cannot be listed. */
  if (page)
    page->next_marker = 0;
  return page;
}

static S3ObjectReply *
presign_read_object (PwAuthority        *base,
                     PwExchange         *exchange,
                     const PwAsk        *ask,
                     const HttpResponse *response,
                     GError            **error)
{
  const PwDialect *dialect = get_dialect ((PwAuthorityPresign *) base);
  g_autoptr (GError) problem = NULL;
  S3ObjectReply *reply;

  if (!dialect->read_object)
    return s3_complete_reply_parse (response, error);
  reply = dialect->read_object (ask, response, &problem);
  if (g_error_matches (problem, PW_ERROR, PW_ERROR_NO_SUCH_OBJECT))
    exchange->status = 404;
  if (!reply)
    g_propagate_error (error, g_steal_pointer (&problem));
  return reply;
}

static S3UploadsPage *
presign_read_uploads (PwAuthority        *base,
                      const HttpResponse *response,
                      GError            **error)
{
  return get_dialect ((PwAuthorityPresign *) base)->read_uploads (response, error);
}

static void
presign_expect (PwAuthority    *base,
                const PwComing *coming)
{
  PwAuthorityPresign *self = (PwAuthorityPresign *) base;

  if (get_dialect (self))
    pw_signer_expect (self->signer, coming);
}

static void
presign_forget (PwAuthority *base,
                const char  *upload_id)
{
  PwAuthorityPresign *self = (PwAuthorityPresign *) base;

  if (get_dialect (self))
    pw_signer_forget (self->signer, upload_id);
}

static const PwAuthorityClass presign_class = {
  .free = presign_free,
  .request = presign_request,
  .repair = presign_repair,
  .prepare = presign_prepare,
  .check = presign_check,
  .read_begun = presign_read_begun,
  .read_parts = presign_read_parts,
  .read_object = presign_read_object,
  .read_uploads = presign_read_uploads,
  .expect = presign_expect,
  .forget = presign_forget,
};

PwAuthority *
pw_authority_presign_new (PwDestination *destination,
                          PwCredentials *credentials,
                          GError       **error)
{
  PwAuthorityPresign *self;

  g_return_val_if_fail (destination->kind == PW_DESTINATION_PRESIGN, NULL);

  if (!pw_destination_check (destination, error))
    return NULL;
  self = g_new0 (PwAuthorityPresign, 1);
  pw_authority_init (&self->base, &presign_class, destination);
  self->destination = g_object_ref (destination);
  self->credentials = pw_credentials_ref (credentials);
  self->address = pw_destination_dup_base (destination);
  /* Which store is behind the backend is not ours to know. */
  self->limits = *s3_limits_for_kind (destination->store);
  self->base.limits = &self->limits;
  self->base.is_presigned = TRUE;
  self->base.abilities = 0;
  self->base.etag_rule = PW_ETAG_UNKNOWN;
  g_mutex_init (&self->mutex);
  return &self->base;
}

PwDialectKind
pw_authority_presign_get_dialect (PwAuthority *authority)
{
  const PwDialect *dialect;

  g_return_val_if_fail (authority->klass == &presign_class, PW_DIALECT_AUTO);

  dialect = get_dialect ((PwAuthorityPresign *) authority);
  return dialect ? dialect->kind : PW_DIALECT_AUTO;
}
