/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-request.h"

/* Who asks: Signature Version 4, in headers or in the query (S3 API Reference, "Authenticating
 * Requests"). */

/* FALSE: refused, and the answer is set. Reads the headers alone: the body's SHA-256 is compared
 * once it is there. */
gboolean store_auth_check (StoreRequest *request);
