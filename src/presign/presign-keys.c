/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-keys.h"

#include "aws/aws-config.h"
#include "aws/aws-container.h"

static S3Credentials *
read_environment (char   **envp,
                  GError **error)
{
  const char *access_key = g_environ_getenv (envp, "AWS_ACCESS_KEY_ID");
  const char *secret_key = g_environ_getenv (envp, "AWS_SECRET_ACCESS_KEY");

  if (!access_key || *access_key == '\0' || !secret_key || *secret_key == '\0') {
    g_set_error_literal (error, PRESIGN_CONFIG_ERROR, PRESIGN_CONFIG_ERROR_VALUE,
                         "“credentials = environment” needs AWS_ACCESS_KEY_ID and "
                         "AWS_SECRET_ACCESS_KEY in the environment.");
    return NULL;
  }
  return s3_credentials_new (access_key, secret_key, g_environ_getenv (envp, "AWS_SESSION_TOKEN"));
}

/* The name of a profile keeps the environment's keys from counting. */
static const char *
get_profile (const PresignConfig  *config,
             char                **envp)
{
  const char *name = config->profile;

  if (name || config->credentials != PRESIGN_CREDENTIALS_PROFILE) {
    return name;
  }
  name = g_environ_getenv (envp, "AWS_PROFILE");
  if (!name || *name == '\0') {
    name = g_environ_getenv (envp, "AWS_DEFAULT_PROFILE");
  }
  return name && *name ? name : "default";
}

S3Credentials *
presign_keys_read (const PresignConfig  *config,
                   char                **envp,
                   gint64               *expires,
                   GError              **error)
{
  g_autoptr (AwsConfig) aws = NULL;

  switch ((PresignCredentialsSource) config->credentials) {
  case PRESIGN_CREDENTIALS_ENVIRONMENT:
    *expires = 0;
    return read_environment (envp, error);
  case PRESIGN_CREDENTIALS_CONTAINER:
    return aws_container_ask (envp, expires, error);
  case PRESIGN_CREDENTIALS_PROFILE:
  case PRESIGN_CREDENTIALS_AUTO:
  default:
    aws = aws_config_load (envp, get_profile (config, envp), error);
    return aws ? aws_config_dup_credentials (aws, envp, expires, error) : NULL;
  }
}
