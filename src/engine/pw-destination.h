/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-address.h"
#include "s3/s3-checksum.h"
#include "s3/s3-limits.h"

#include <glib-object.h>

/* Where files go, and how: a bucket with the place in it, or a backend that signs.
 *
 * Fill in the fields, then share it: from the moment another object or thread holds a reference
 * they are read-only, so that any thread may read them without a lock. To change a destination,
 * change a pw_destination_copy() and hand that to pw_destinations_replace().
 *
 * It never holds a secret. In text fields NULL and "" mean the same: not given. */

typedef enum {
  PW_DESTINATION_S3,            /* requests are signed here */
  PW_DESTINATION_PRESIGN,       /* a backend at @endpoint gives presigned URLs */
} PwDestinationKind;

/* The language of a backend; see pw-dialect.h. */
typedef enum {
  PW_DIALECT_AUTO,              /* found out by asking; never remembered as such once it is known */
  PW_DIALECT_FASTAPI,
  PW_DIALECT_COMPANION,
  PW_DIALECT_SIGN,              /* its address is the route itself; only by choice */
  PW_DIALECT_PARTWAY,
  PW_N_DIALECTS
} PwDialectKind;

typedef enum {
  PW_IF_EXISTS_ASK,
  PW_IF_EXISTS_REPLACE,
  PW_IF_EXISTS_RENAME,
  PW_IF_EXISTS_SKIP,
} PwIfExists;

typedef enum {
  PW_SECRETS_KEYRING,
  PW_SECRETS_ENVIRONMENT,       /* the AWS_… variables, then the default profile of ~/.aws; of a
                                 * backend: PARTWAY_PRESIGN_TOKEN, and none if that is not set */
  PW_SECRETS_PROFILE,           /* the profile of ~/.aws that @profile names */
  PW_SECRETS_SESSION,           /* typed in; forgotten when the program ends */
} PwSecrets;

#define PW_TYPE_DESTINATION (pw_destination_get_type ())
G_DECLARE_FINAL_TYPE (PwDestination, pw_destination, PW, DESTINATION, GObject)

struct _PwDestination {
  GObject parent_instance;

  char *id;                     /* a UUID; never changes */
  char *name;                   /* what people call it */
  PwDestinationKind kind;
  char *endpoint;               /* "https://host:port"; NULL = AWS; a backend's may have a path */
  PwDialectKind dialect;        /* of a backend, as is the next */
  char *auth_header;            /* whose value the secret is; NULL = Authorization: Bearer SECRET */
  char *region;                 /* NULL = told by the endpoint, else the store's usual one */
  char *bucket;
  char *prefix;                 /* "backups/2026", without a "/" in front; NULL = none */
  S3Style style;
  S3StoreKind store;
  char *ca_file;                /* PEM; NULL = the system's roots */
  PwSecrets secrets;
  char *profile;
  gboolean allow_http;          /* plain http beyond this machine */
  guint64 part_size;            /* bytes; 0 = chosen for each file */
  gboolean allow_tiny_parts;    /* smaller than the store's minimum; for stores that were set so */
  char *storage_class;          /* "STANDARD_IA"; this and what follows goes out as headers */
  char *encryption;             /* "AES256", "aws:kms", "aws:kms:dsse" */
  char *kms_key_id;
  char *acl;                    /* "private" */
  char *tagging;                /* "k=v&k2=v2", URL-encoded */
  char *cache_control;
  char **metadata;              /* name, value, …, NULL; names without "x-amz-meta-" */
  char *content_type;           /* NULL = guessed from the file's name */
  PwIfExists if_exists;

  /* What the store was found to do; remembered. */
  gboolean is_probed;
  S3ChecksumKind checksum;
  gboolean etag_is_md5;
  gboolean put_if_none_match;
};

/* With a new id. */
PwDestination *pw_destination_new          (const char     *name);

/* @uri: "s3://bucket/prefix", the prefix as it is, nothing in it decoded; it becomes the name too.
 * @endpoint and @region may be NULL. The store is recognised by the endpoint. What it
 * gives passes pw_destination_check(), but for plain http without @allow_http. Errors:
 * PW_ERROR_DESTINATION. */
PwDestination *pw_destination_new_from_uri (const char     *uri,
                                            const char     *endpoint,
                                            const char     *region,
                                            GError        **error);

/* @url: a backend's, or the route itself for PW_DIALECT_SIGN. Its address without "https://"
 * becomes the name. An object that is there is replaced, and the secret comes from the environment.
 * What it gives passes pw_destination_check(), but for plain http without @allow_http. */
PwDestination *pw_destination_new_presign  (const char     *url,
                                            GError        **error);

/* Everything alike, the id too. */
PwDestination *pw_destination_copy         (PwDestination  *self);

/* One line, no secrets; the same fields give the same text. */
char          *pw_destination_to_json      (PwDestination  *self);

/* PW_ERROR_DESTINATION if it is no such text, or has values that this version does not know.
 * Unknown members are passed over, missing ones are what pw_destination_new() gives. */
PwDestination *pw_destination_from_json    (const char     *json,
                                            GError        **error);

/* Whether an upload can be tried with it; else a sentence that says what to do. No I/O.
 * PW_ERROR_INSECURE for plain http to another machine without @allow_http; else
 * PW_ERROR_DESTINATION. */
gboolean       pw_destination_check        (PwDestination  *self,
                                            GError        **error);

/* PW_DESTINATION_S3 only. PW_ERROR_DESTINATION or PW_ERROR_INSECURE. */
S3Address     *pw_destination_dup_address  (PwDestination  *self,
                                            GError        **error);

/* PW_DESTINATION_PRESIGN only: "https://host:port/path", without a "/" at its end; NULL if the
 * endpoint is no such address. */
char          *pw_destination_dup_base     (PwDestination  *self);

/* TRUE: what is at the one is at the other. The prefix is no matter. */
gboolean       pw_destination_is_same_place (PwDestination *self,
                                             PwDestination *other);

/* Prefix and name with one "/" between them; none in front. It still has to pass s3_key_check(). */
char          *pw_destination_dup_key      (PwDestination  *self,
                                            const char     *relative_name);

/* "s3://bucket/prefix/", or a backend's address: for people. */
char          *pw_destination_dup_uri      (PwDestination  *self);

/* The words of the choices, in JSON and on the command line; each list ends with NULL. */
extern const char *const pw_destination_kind_ids[];
extern const char *const pw_dialect_ids[];      /* "auto", "fastapi", … */
extern const char *const pw_if_exists_ids[];
extern const char *const pw_secrets_ids[];
extern const char *const pw_style_ids[];        /* S3Style: "auto", "virtual", "path" */

/* The text fields by name, for code that walks over all of them; ends with a NULL name. */
typedef struct {
  const char *name;             /* the member's name in JSON */
  gsize offset;
} PwDestinationText;

extern const PwDestinationText pw_destination_texts[];

#define PW_DESTINATION_TEXT(self, text) G_STRUCT_MEMBER (char *, (self), (text)->offset)
