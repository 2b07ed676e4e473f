/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-authority.h"

#include <json-glib/json-glib.h>

/* How one kind of backend is spoken to: which message asks it for a call or for URLs, and what its
 * answers mean. Pure; any thread. One file a dialect.
 *
 * Answers come from somebody else: nothing in them is believed before it was looked at. A nesting
 * deeper than an answer could need, a member of another type, or a part number that no upload has
 * make an answer a broken one (S3_REPLY_ERROR_BROKEN); so does one that lacks what matters. */

/* A presigned URL, and what goes with it. */
typedef struct {
  guint part_number;            /* 0: the call is about no part */
  char *url;
  GArray *headers;              /* HttpHeader that are signed and must be sent; or NULL */
  char *key;                    /* as the backend calls the object, or NULL */
  gboolean is_form;             /* for a POST form: not for us */
  gint64 expires_us;            /* monotonic: not to be used from then on */
  S3Checksum checksum;          /* that is signed with it; kind NONE: none */
} PwSigned;

void pw_signed_free (PwSigned *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwSigned, pw_signed_free)

/* What a dialect can; for `partway` the backend's capabilities tell. */
typedef struct {
  gint abilities;               /* PwAbility */
  S3ChecksumKind checksum;      /* of each part */
  guint64 min_part_size;        /* these four: 0 = as S3's own */
  guint64 max_part_size;
  guint max_parts;
  guint64 max_object_size;
} PwDialectFacts;

typedef struct {
  PwDialectKind kind;
  const char *name;             /* "FastAPI", for people */
  PwDialectFacts facts;
  guint batch;                  /* so many URLs in one answer */
  gboolean signs_all;           /* the backend signs, and does nothing else */
  gboolean signs_checksums;     /* a part's checksum is signed with its URL */
  /* What to send to the backend; @base is its address. Never NULL for SIGN; NULL for a call that
   * it does not know. */
  HttpRequest   *(*request)      (const char          *base,
                                  const PwAsk         *ask);
  /* PwSigned, one a part that was asked for, in any order; some may lack. */
  GPtrArray     *(*read_signed)  (const PwAsk         *ask,
                                  const HttpResponse  *response,
                                  GError             **error);
  /* These: NULL where S3 itself answers, or the backend cannot be asked. */
  PwBegun       *(*read_begun)   (const PwAsk         *ask,
                                  const HttpResponse  *response,
                                  GError             **error);
  S3PartsPage   *(*read_parts)   (const HttpResponse  *response,
                                  GError             **error);
  S3ObjectReply *(*read_object)  (const PwAsk         *ask,
                                  const HttpResponse  *response,
                                  GError             **error);
  S3UploadsPage *(*read_uploads) (const HttpResponse  *response,
                                  GError             **error);
} PwDialect;

extern const PwDialect pw_dialect_fastapi;
extern const PwDialect pw_dialect_companion;
extern const PwDialect pw_dialect_sign;
extern const PwDialect pw_dialect_partway;

/* TRUE: the call goes to S3, through a presigned URL; FALSE: to the backend. */
gboolean      pw_dialect_is_direct     (const PwDialect     *self,
                                        PwOp                 op);

/* What a backend's no means, in whatever shape it comes: FastAPI's "detail" (a text, or a list of
 * fields), Companion's "error", v2's "code" and "message". S3's own code is looked for in the
 * text. */
S3Failure    *pw_dialect_read_failure  (const HttpResponse  *response);

/* FALSE: the backend's answer to @ask is a no; as PwAuthorityClass.check. */
gboolean      pw_dialect_check         (const PwExchange    *exchange,
                                        const PwAsk         *ask,
                                        const HttpResponse  *response,
                                        S3Failure          **failure,
                                        GError             **error);

/* The call itself, for S3: with the headers that its URL allows, and no others. */
HttpRequest  *pw_dialect_make_direct   (const PwAsk         *ask,
                                        const PwSigned      *signed_url);

/* For the dialects alone. */

/* The answer's JSON; its root is of that type. */
JsonNode     *pw_dialect_parse         (const HttpResponse  *response,
                                        JsonNodeType         type,
                                        GError             **error);
/* NULL, or @other, where there is no such member of that type. */
const char   *pw_dialect_get_string    (JsonObject          *object,
                                        const char          *name);
gint64        pw_dialect_get_int       (JsonObject          *object,
                                        const char          *name,
                                        gint64               other);
gboolean      pw_dialect_get_boolean   (JsonObject          *object,
                                        const char          *name,
                                        gboolean             other);
JsonArray    *pw_dialect_get_array     (JsonObject          *object,
                                        const char          *name);
JsonObject   *pw_dialect_get_object    (JsonObject          *object,
                                        const char          *name);
gboolean      pw_dialect_fail          (GError             **error,
                                        const char          *fault);        /* FALSE */

/* Requests with JSON, and without. @builder is taken, between its first and its last brace. */
JsonBuilder  *pw_dialect_begin_json    (void);
void          pw_dialect_add_string    (JsonBuilder         *builder,
                                        const char          *name,
                                        const char          *value);    /* NULL: left out */
void          pw_dialect_add_int       (JsonBuilder         *builder,
                                        const char          *name,
                                        guint64              value);
HttpRequest  *pw_dialect_post          (const char          *base,
                                        const char          *route,
                                        JsonBuilder         *builder);
HttpRequest  *pw_dialect_get           (const char          *method,
                                        const char          *base,
                                        const char          *route);

/* [{"PartNumber": …, "ETag": …}, …] as member @name. */
void          pw_dialect_add_parts     (JsonBuilder         *builder,
                                        const char          *name,
                                        const PwAsk         *ask);
/* The reverse; with "Size", where it is told. FALSE: broken. */
gboolean      pw_dialect_take_parts    (JsonArray           *array,
                                        S3PartsPage         *page,
                                        GError             **error);
S3PartsPage  *pw_dialect_new_page      (void);
/* Without the quotes, which some send along. */
gboolean      pw_dialect_copy_etag     (char                *etag,
                                        gsize                size,
                                        const char          *text);

/* @life_s: how many seconds the answer says it is good for, or −1. The URL's own X-Amz-Date and
 * X-Amz-Expires count, held against the backend's clock rather than ours. */
PwSigned     *pw_signed_new            (const char          *url,
                                        gint64               life_s,
                                        const HttpResponse  *response,
                                        GError             **error);
/* A JSON object of header names and values; FALSE: one that cannot be a header. */
gboolean      pw_signed_take_headers   (PwSigned            *self,
                                        JsonObject          *headers,
                                        GError             **error);
