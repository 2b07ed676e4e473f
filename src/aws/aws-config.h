/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-address.h"
#include "s3/s3-sign.h"

/* What AWS's own tools would use: the environment, ~/.aws/config and ~/.aws/credentials (AWS SDKs
 * and Tools Reference Guide, "Settings reference"). Reads files, so any thread but the main one.
 *
 * Of the environment these count, and an empty value is none: AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION, AWS_REGION,
 * AWS_DEFAULT_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS,
 * AWS_PROFILE, AWS_DEFAULT_PROFILE, AWS_CA_BUNDLE, AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE,
 * HOME, and those of aws-container.h.
 *
 * Precedence is AWS's: environment, then the credentials file, then the config file. Keys of the
 * environment do not count when a profile is asked for by name.
 *
 * Errors: AWS_ERROR_MISSING. */

typedef struct {
  char *profile;                /* whose settings these are; "default" */
  gboolean has_profile;         /* it stands in one of the files */
  char *region;                 /* this and the following: NULL = not set */
  char *endpoint;
  char *ca_file;
  S3Style style;
  gboolean may_change;          /* a later reading may give other credentials */

  /* Where credentials would come from; aws_config_dup_credentials() gives them. */
  S3Credentials *keys;
  gint64 expires;               /* of @keys; 0 = never */
  char *command;                /* credential_process */
  gboolean asks_container;      /* aws-container.h */
  char *sign_in;                /* what the profile uses that is not done here: "SSO" */
} AwsConfig;

/* @envp: as of g_get_environ(). @profile: NULL = AWS_PROFILE, else "default".
 * A profile that was asked for by name must be in one of the files. */
AwsConfig   *aws_config_load            (char              **envp,
                                              const char         *profile,
                                              GError            **error);
void           aws_config_free            (AwsConfig        *self);

/* The names of all profiles in the files, sorted; none is no fault. To free. */
char       **aws_config_dup_profiles    (char             **envp,
                                              GError            **error);

/* Runs credential_process, or asks the container's service, where that is the source: blocks up to
 * a minute.
 * @expires: Unix seconds, 0 = never. Not yet judged against the clock. */
S3Credentials *aws_config_dup_credentials (const AwsConfig  *self,
                                              char              **envp,
                                              gint64             *expires,
                                              GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AwsConfig, aws_config_free)
