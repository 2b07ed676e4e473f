/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-config.h"
#include "presign/presign-setting.h"

#include "aws/aws-config.h"
#include "s3/s3-limits.h"

#include <openssl/crypto.h>
#include <string.h>

#define GROUP "presign"
#define VARIABLE "PARTWAY_PRESIGN_"

G_DEFINE_QUARK (presign-config-error-quark, presign_config_error)

static const char *const addressings[] = { "auto", "virtual-host", "path", NULL };
static const char *const sources[] = { "auto", "environment", "profile", "container", NULL };
static const char *const policies[] = { "as-given", "unique-prefix", "per-user", NULL };
static const char *const auths[] = { "none", "jwt", "api-key", NULL };
static const char *const levels[] = { "error", "warning", "info", "debug", NULL };

#define ROW(key, name, fallback, help, kind, field) \
  key, VARIABLE name, fallback, help, presign_read_ ## kind, offsetof (PresignConfig, field)

static const PresignSetting settings[] = {
  { ROW ("bucket", "BUCKET", "", "Name of the bucket. Required.", text, bucket) },
  { ROW ("region", "REGION", "", "Region of the bucket; else AWS_REGION or the profile's, else "
         "us-east-1.", text, region) },
  { ROW ("endpoint", "ENDPOINT", "", "URL of the store; else AWS_ENDPOINT_URL_S3, "
         "AWS_ENDPOINT_URL or the profile's, else AWS itself.", text, endpoint) },
  { ROW ("addressing", "ADDRESSING", "auto", "How URLs name the bucket: auto, virtual-host, path.",
         choice, addressing), addressings },
  { ROW ("ca-file", "CA_FILE", "", "PEM file of the authorities that vouch for the store, instead "
         "of the system's.", text, ca_file) },
  { ROW ("credentials", "CREDENTIALS", "auto", "Where the keys come from: environment (AWS_…), "
         "container (ECS, EKS), profile (~/.aws), or auto: the first of them that has any.",
         choice, credentials), sources },
  { ROW ("profile", "PROFILE", "", "Profile in ~/.aws; else AWS_PROFILE or “default”.", text,
         profile) },

  { ROW ("key-prefix", "KEY_PREFIX", "", "What every object's key begins with, such as "
         "“uploads/”. Nothing else can be touched.", text, key_prefix) },
  { ROW ("key-policy", "KEY_POLICY", "as-given", "What comes after the prefix: as-given (the "
         "file's name), unique-prefix (a signed, unique handle), per-user (the user's name).",
         choice, key_policy), policies },
  { ROW ("handle-secret", "HANDLE_SECRET", "", "Secret of at least 32 characters that signs the "
         "handles of unique-prefix; the same for all servers of a bucket.", text, handle_secret) },
  { ROW ("handle-secret-file", "HANDLE_SECRET_FILE", "", "File that holds the handle-secret.", text,
         handle_secret_file) },

  { ROW ("url-lifetime", "URL_LIFETIME", "900", "Seconds that a URL is good for; fewer where "
         "credentials or the caller's token end before.", number, url_lifetime),
    NULL, 1, 604800 },
  { ROW ("max-object-size", "MAX_OBJECT_SIZE", "0", "Largest object; 0 = the store's own limit.",
         size, max_object_size), NULL, 0, G_MAXINT64 },
  { ROW ("min-part-size", "MIN_PART_SIZE", "0", "Smallest part that is told to clients; 0 = the "
         "store's own limit.", size, min_part_size), NULL, 0, 5 * S3_GIB },
  { ROW ("max-part-size", "MAX_PART_SIZE", "0", "Largest part; 0 = the store's own limit.", size,
         max_part_size), NULL, 0, 5 * S3_GIB },
  { ROW ("max-parts", "MAX_PARTS", "0", "Most parts of an object; 0 = the store's own limit.",
         number, max_parts), NULL, 0, 10000 },
  { ROW ("storage-class", "STORAGE_CLASS", "", "Storage class of every object, whatever is asked "
         "for.", text, storage_class) },
  { ROW ("encryption", "ENCRYPTION", "", "Server-side encryption of every object: AES256 or "
         "aws:kms.", text, encryption) },
  { ROW ("kms-key-id", "KMS_KEY_ID", "", "Key of aws:kms.", text, kms_key_id) },
  { ROW ("tags", "TAGS", "", "Tags of every object: “team=film&year=2026”.", text, tags) },
  { ROW ("if-none-match", "IF_NONE_MATCH", "false", "Never replace an object that exists.",
         boolean, if_none_match) },
  { ROW ("allow-delete", "ALLOW_DELETE", "false", "Let POST /sign presign the deletion of objects.",
         boolean, allow_delete) },

  { ROW ("auth", "AUTH", "none", "Who may ask: none (anyone), jwt, api-key.", choice, auth),
    auths },
  { ROW ("allow-anyone", "ALLOW_ANYONE", "false", "Yes, serve anyone (auth = none) also on an "
         "address that other machines reach.", boolean, allow_anyone) },
  { ROW ("jwt-secret", "JWT_SECRET", "", "Secret of HS256 tokens, at least 32 characters.", text,
         jwt_secret) },
  { ROW ("jwt-secret-file", "JWT_SECRET_FILE", "", "File that holds the jwt-secret.", text,
         jwt_secret_file) },
  { ROW ("jwks-file", "JWKS_FILE", "", "File with the public keys (JWK Set) of RS256 and ES256 "
         "tokens; read again when it changes.", text, jwks_file) },
  { ROW ("jwks-url", "JWKS_URL", "", "URL of such keys; https, or this machine.", text, jwks_url) },
  { ROW ("jwks-lifetime", "JWKS_LIFETIME", "3600", "Seconds after which the keys of jwks-url are "
         "fetched again.", number, jwks_lifetime), NULL, 60, 604800 },
  { ROW ("jwt-audience", "JWT_AUDIENCE", "", "What “aud” of a token must hold.", text,
         jwt_audience) },
  { ROW ("jwt-issuer", "JWT_ISSUER", "", "What “iss” of a token must be.", text, jwt_issuer) },
  { ROW ("user-claim", "USER_CLAIM", "sub", "The claim that names the user.", text, user_claim) },
  { ROW ("api-key-file", "API_KEY_FILE", "", "File of API keys, a line each: USER and the key's "
         "SHA-256 as “SALT:HEX”; read again when it changes.", text, api_key_file) },
  { ROW ("cors-origins", "CORS_ORIGINS", "", "Origins of web pages that may ask, such as "
         "“https://app.example.com”, or “*”.", list, cors_origins) },

  { ROW ("listen", "LISTEN", "127.0.0.1", "Address to listen on; 0.0.0.0 or :: for all.", text,
         listen) },
  { ROW ("port", "PORT", "8080", "Port to listen on; 0 = a free one, told by --port-file.", number,
         port), NULL, 0, 65535 },
  { ROW ("tls-certificate", "TLS_CERTIFICATE", "", "PEM file of the certificate and its chain.",
         text, tls_certificate) },
  { ROW ("tls-key", "TLS_KEY", "", "PEM file of the certificate's key.", text, tls_key) },
  { ROW ("metrics-port", "METRICS_PORT", "none", "Port of GET /metrics, on the same address; 0 = a "
         "free one, or none.", port, metrics_port) },
  { ROW ("trust-forwarded", "TRUST_FORWARDED", "", "Addresses or networks (10.0.0.0/8) of the "
         "proxies whose X-Forwarded-For, -Proto and -Host are believed.", list, trust_forwarded) },
  { ROW ("max-connections", "MAX_CONNECTIONS", "512", "Most connections at a time.", number,
         max_connections), NULL, 1, 100000 },
  { ROW ("rate-per-user", "RATE_PER_USER", "0", "Most requests a second of one user; 0 = any "
         "number.", number, rate_per_user), NULL, 0, 1000000 },
  { ROW ("rate-per-address", "RATE_PER_ADDRESS", "0", "Most requests a second from one address; "
         "0 = any number.", number, rate_per_address), NULL, 0, 1000000 },
  { ROW ("rate-burst", "RATE_BURST", "100", "Requests above the rate that may come at once.",
         number, rate_burst), NULL, 1, 1000000 },
  { ROW ("header-timeout", "HEADER_TIMEOUT", "10", "Seconds that a request's headers may take.",
         number, header_timeout), NULL, 1, 3600 },
  { ROW ("body-timeout", "BODY_TIMEOUT", "30", "Seconds that a request's body may take.", number,
         body_timeout), NULL, 1, 3600 },
  { ROW ("idle-timeout", "IDLE_TIMEOUT", "60", "Seconds that a connection may lie idle.", number,
         idle_timeout), NULL, 1, 3600 },
  { ROW ("drain-timeout", "DRAIN_TIMEOUT", "30", "Seconds that requests have to end after SIGTERM.",
         number, drain_timeout), NULL, 0, 3600 },
  { ROW ("threads", "THREADS", "8", "Threads that ask the store.", number, threads),
    NULL, 1, 256 },
  { ROW ("log-level", "LOG_LEVEL", "info", "What is logged: error, warning, info, debug.", choice,
         log_level), levels },
};

#undef ROW

static const PresignSetting *
find_setting (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    if (g_str_equal (key, settings[i].key)) {
      return &settings[i];
    }
  }
  return NULL;
}

/* @name: as the user wrote it, in a file or as a variable. */
static gboolean
read_setting (PresignConfig         *self,
              const PresignSetting  *setting,
              const char            *name,
              const char            *text,
              GError               **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *must = NULL;

  if (!setting->read (setting, stripped, (char *) self + setting->offset, &must)) {
    g_set_error (error, PRESIGN_CONFIG_ERROR, PRESIGN_CONFIG_ERROR_VALUE,
                 "“%s” must be %s.", name, must);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_file (PresignConfig  *self,
           const char     *path,
           GError        **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) fault = NULL;
  g_auto (GStrv) keys = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &fault) ||
      !(keys = g_key_file_get_keys (file, GROUP, NULL, &fault))) {
    g_set_error (error, PRESIGN_CONFIG_ERROR, PRESIGN_CONFIG_ERROR_FILE,
                 "The settings in %s cannot be read: %s. They begin with a line “[" GROUP "]”.",
                 path, fault->message);
    return FALSE;
  }
  for (char **key = keys; *key; key++) {
    const PresignSetting *setting = find_setting (*key);
    g_autofree char *text = setting ? g_key_file_get_string (file, GROUP, *key, NULL) : NULL;

    if (!text) {
      g_set_error (error, PRESIGN_CONFIG_ERROR, PRESIGN_CONFIG_ERROR_VALUE,
                   "%s: there is no setting “%s”. --help lists them all.", path, *key);
      return FALSE;
    }
    if (!read_setting (self, setting, *key, text, error)) {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_environment (PresignConfig  *self,
                  char          **envp,
                  GError        **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    const char *text = g_environ_getenv (envp, settings[i].variable);

    if (text && *text && !read_setting (self, &settings[i], settings[i].variable, text, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
read_secret (const char  *path,
             char       **secret,
             GError     **error)
{
  g_autoptr (GError) fault = NULL;
  char *text = NULL;

  if (!path) {
    return TRUE;
  }
  if (!g_file_get_contents (path, &text, NULL, &fault)) {
    g_set_error (error, PRESIGN_CONFIG_ERROR, PRESIGN_CONFIG_ERROR_FILE,
                 "A secret cannot be read: %s.", fault->message);
    return FALSE;
  }
  g_free (*secret);
  *secret = g_strstrip (text);
  return TRUE;
}

/* What the settings leave open is as AWS's own tools find it. */
static gboolean
complete (PresignConfig  *self,
          char          **envp,
          GError        **error)
{
  g_autoptr (AwsConfig) aws = aws_config_load (envp, self->profile, error);

  if (!aws) {
    return FALSE;
  }
  if (!self->region) {
    self->region = g_steal_pointer (&aws->region);
  }
  if (!self->endpoint) {
    self->endpoint = g_steal_pointer (&aws->endpoint);
  }
  if (!self->ca_file) {
    self->ca_file = g_steal_pointer (&aws->ca_file);
  }
  if (self->addressing == S3_STYLE_AUTO) {
    self->addressing = aws->style;
  }
  return TRUE;
}

PresignConfig *
presign_config_load (const char  *path,
                     char       **envp,
                     GError     **error)
{
  g_autoptr (PresignConfig) self = g_new0 (PresignConfig, 1);

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    if (!read_setting (self, &settings[i], settings[i].key, settings[i].fallback, error)) {
      return NULL;
    }
  }
  self->on_lambda = g_environ_getenv (envp, "AWS_LAMBDA_RUNTIME_API") != NULL;
  if (!path) {
    path = g_environ_getenv (envp, VARIABLE "CONFIG");
  }
  if ((path && *path && !read_file (self, path, error)) ||
      !read_environment (self, envp, error) ||
      !read_secret (self->handle_secret_file, &self->handle_secret, error) ||
      !read_secret (self->jwt_secret_file, &self->jwt_secret, error) ||
      !complete (self, envp, error)) {
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
presign_config_free (PresignConfig *self)
{
  if (!self) {
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    gpointer field = (char *) self + settings[i].offset;

    if (settings[i].read == presign_read_list) {
      g_strfreev (*(char ***) field);
    } else if (settings[i].read == presign_read_text && *(char **) field) {
      OPENSSL_cleanse (*(char **) field, strlen (*(char **) field));
      g_free (*(char **) field);
    }
  }
  g_free (self);
}

char *
presign_config_dup_help (void)
{
  GString *help = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    const PresignSetting *setting = &settings[i];

    g_string_append_printf (help, "  %s, %s\n      %s", setting->key, setting->variable,
                            setting->help);
    if (*setting->fallback) {
      g_string_append_printf (help, " Default: %s.", setting->fallback);
    }
    g_string_append_c (help, '\n');
  }
  return g_string_free (help, FALSE);
}

gboolean
presign_config_get_row (guint        index,
                        const char **key,
                        const char **variable,
                        const char **fallback)
{
  if (index >= G_N_ELEMENTS (settings)) {
    return FALSE;
  }
  *key = settings[index].key;
  *variable = settings[index].variable;
  *fallback = settings[index].fallback;
  return TRUE;
}
