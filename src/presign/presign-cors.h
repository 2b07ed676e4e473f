/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-message.h"
#include "presign/presign-config.h"

/* What pages of other origins may do (Fetch Standard, "CORS protocol"): nothing, unless the
 * settings name their origin. Pure; any thread. */

/* The answer to a preflight of a page that may ask, the caller's; NULL: it is none, or the page may
 * not ask. @methods: that the path knows, "GET, POST". */
HttpResponse *presign_cors_preflight (const PresignConfig *config,
                                      const HttpRequest   *request,
                                      const char          *methods);

/* Lets the page that asked read @response. */
void          presign_cors_allow     (const PresignConfig *config,
                                      const HttpRequest   *request,
                                      HttpResponse        *response);

/* FALSE: a page of an origin that is not allowed wants something done, where nobody must say who
 * they are. A browser would let it: a form can be sent without asking, and a name can be made to
 * mean this machine (DNS rebinding). */
gboolean      presign_cors_may_ask   (const PresignConfig *config,
                                      const HttpRequest   *request);
