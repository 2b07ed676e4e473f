/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-sign.h"

/* `credential_process` (AWS SDKs and Tools Reference Guide, "Process credential provider"): a
 * command that prints credentials as JSON. Blocks; any thread but the main one.
 *
 * The command is split into words as a shell does it, and run without a shell. Its standard input
 * and error are /dev/null; neither the command nor what it prints ever goes into a message.
 *
 * @timeout_ms: 0 = 60000; then the command is killed.
 * @expires: Unix seconds, 0 = never.
 * Errors: AWS_ERROR_MISSING. */
S3Credentials *aws_process_run   (const char  *command,
                                     char       **envp,
                                     guint        timeout_ms,
                                     gint64      *expires,
                                     GError     **error);

/* {"Version": 1, "AccessKeyId": …, "SecretAccessKey": …, "SessionToken": …, "Expiration": …}. */
S3Credentials *aws_process_parse (const char  *json,
                                     gsize        length,
                                     gint64      *expires,
                                     GError     **error);
