/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-sign.h"

/* The JSON in which AWS's sources of credentials answer: {"AccessKeyId": …, "SecretAccessKey": …,
 * "Expiration": …} and the session token. Pure; any thread. */

typedef enum {
  AWS_ANSWER_OK,
  AWS_ANSWER_BROKEN,            /* no JSON object, or without keys */
  AWS_ANSWER_BAD_TIME,          /* an Expiration that is no time */
} AwsAnswerVerdict;

typedef struct {
  S3Credentials *credentials;   /* owned by the caller */
  gint64 version;               /* "Version"; 0 = not told */
  gint64 expires;               /* Unix seconds; 0 = never */
} AwsAnswer;

/* @token_member: what the session token is called there. @answer is untouched unless OK. */
AwsAnswerVerdict aws_answer_parse (const char  *json,
                                   gsize        length,
                                   const char  *token_member,
                                   AwsAnswer   *answer);

/* "2026-01-31T12:00:00Z" to Unix seconds; FALSE: that is no time. */
gboolean         aws_time_parse   (const char  *text,
                                   gint64      *time);
