/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-address.h"

#include <glib.h>

/* What `partway-presign` is told: a keyfile, and environment variables, which win. One table in
 * presign-config.c has every setting's name, variable, default and help; the parser, --help and the
 * test of the man page follow from it. Pure but for the loading; a value that nobody changes after
 * that, so any thread may read it. */

#define PRESIGN_CONFIG_ERROR (presign_config_error_quark ())

typedef enum {
  PRESIGN_CONFIG_ERROR_FILE,    /* the keyfile, or a file that it names, cannot be read */
  PRESIGN_CONFIG_ERROR_VALUE,   /* a setting is unknown, wrong, or lacks another */
} PresignConfigError;

typedef enum {
  PRESIGN_CREDENTIALS_AUTO,     /* environment, then a container's, then ~/.aws */
  PRESIGN_CREDENTIALS_ENVIRONMENT,
  PRESIGN_CREDENTIALS_PROFILE,
  PRESIGN_CREDENTIALS_CONTAINER,
} PresignCredentialsSource;

typedef enum {
  PRESIGN_KEYS_AS_GIVEN,        /* PREFIX NAME */
  PRESIGN_KEYS_UNIQUE_PREFIX,   /* PREFIX HANDLE / NAME: no upload meets another */
  PRESIGN_KEYS_PER_USER,        /* PREFIX USER / NAME */
} PresignKeyPolicy;

typedef enum {
  PRESIGN_AUTH_NONE,
  PRESIGN_AUTH_JWT,
  PRESIGN_AUTH_API_KEY,
} PresignAuthKind;

typedef enum {
  PRESIGN_LOG_ERROR,
  PRESIGN_LOG_WARNING,
  PRESIGN_LOG_INFO,
  PRESIGN_LOG_DEBUG,
} PresignLogLevel;

/* Texts are NULL where nothing was said. Sizes are bytes, times are seconds. */
typedef struct {
  /* The store. */
  char *bucket;
  char *region;
  char *endpoint;
  guint addressing;             /* S3Style */
  char *ca_file;                /* for the connection to the store */
  guint credentials;            /* PresignCredentialsSource */
  char *profile;

  /* Keys of objects. */
  char *key_prefix;             /* "" or "uploads/" */
  guint key_policy;             /* PresignKeyPolicy */
  char *handle_secret;          /* what makes the handles of UNIQUE_PREFIX; from its file, too */
  char *handle_secret_file;

  /* What may be done. */
  guint url_lifetime;
  guint64 max_object_size;      /* 0 = the store's own */
  guint64 min_part_size;        /* 0 = the store's own; likewise the two below */
  guint64 max_part_size;
  guint max_parts;
  char *storage_class;
  char *encryption;             /* "AES256" or "aws:kms" */
  char *kms_key_id;
  char *tags;                   /* "team=film&year=2026" */
  gboolean if_none_match;
  gboolean allow_delete;

  /* Who may ask. */
  guint auth;                   /* PresignAuthKind */
  gboolean allow_anyone;        /* AUTH_NONE on an address that others reach */
  char *jwt_secret;             /* HS256; from its file, too */
  char *jwt_secret_file;
  char *jwks_file;
  char *jwks_url;
  guint jwks_lifetime;
  char *jwt_audience;
  char *jwt_issuer;
  char *user_claim;
  char *api_key_file;
  char **cors_origins;          /* NULL-ended, never NULL */

  /* The listener. */
  char *listen;                 /* an address: "127.0.0.1", "::" */
  guint port;
  char *tls_certificate;        /* PEM */
  char *tls_key;                /* PEM */
  int metrics_port;             /* -1 = none */
  char **trust_forwarded;       /* proxies whose X-Forwarded-* counts; NULL-ended, never NULL */
  guint max_connections;
  guint rate_per_user;          /* requests a second; 0 = as many as come */
  guint rate_per_address;
  guint rate_burst;             /* requests above the rate that may come at once */
  guint header_timeout;
  guint body_timeout;
  guint idle_timeout;
  guint drain_timeout;
  guint threads;                /* that ask the store */
  guint log_level;              /* PresignLogLevel */

  gboolean on_lambda;           /* AWS_LAMBDA_RUNTIME_API is set: events, no connections */
} PresignConfig;

/* @path: the keyfile, or NULL: PARTWAY_PRESIGN_CONFIG of @envp, or none. @envp: as of
 * g_get_environ(); an empty variable is none. Reads the files that hold secrets, too. Every error
 * is a sentence that names the setting and what to do; it never holds a secret. Whether settings go
 * together is looked at by presign_api_new(). */
PresignConfig *presign_config_load     (const char     *path,
                                        char          **envp,
                                        GError        **error);
void           presign_config_free     (PresignConfig  *self);  /* wipes secrets */

/* "Settings:" for --help: each setting with its variable, help and default. */
char          *presign_config_dup_help (void);

/* The table, for the test of the man page. @index: from 0; FALSE = no more. */
gboolean       presign_config_get_row  (guint           index,
                                        const char    **key,
                                        const char    **variable,
                                        const char    **fallback);

GQuark         presign_config_error_quark (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignConfig, presign_config_free)
