/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-message.h"

/* The form of a request that Signature Version 4 signs (S3 API Reference, "Signature Calculations
 * for the Authorization Header"). Pure; any thread.
 *
 * X-Amz-Signature is not part of it; values of headers lose blanks at their ends and doubled ones,
 * as in every SDK. */

/* @url: of the request, or the presigned one; never decoded, never normalised. */
char *s3_canonical_request_dup (const HttpRequest *request,
                                const char        *url,
                                const char        *signed_headers,
                                const char        *payload);

/* "host;x-amz-date": all of the request's headers, and host. */
char *s3_signed_headers_dup    (const HttpRequest *request);
