/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-work.h"

/* The loop of a custom runtime of AWS Lambda (Lambda Developer Guide, "Using the Lambda runtime
 * API"): fetch an event, answer it, again. Blocks; belongs to one thread.
 *
 * The store has half a second less than the invocation to answer, so that the caller hears of it
 * from us. Log lines are written before each answer, since Lambda freezes the process after it.
 */

/* @api: "127.0.0.1:9001", of AWS_LAMBDA_RUNTIME_API. Returns when no event can be fetched any more;
 * the error says why. */
void presign_runtime_run    (PresignService *service,
                             const char     *api,
                             GError        **error);

/* The settings are wrong: Lambda is told why this function cannot start. */
void presign_runtime_report (const char     *api,
                             const char     *message);
