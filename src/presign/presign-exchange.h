/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-message.h"

#include <libsoup/soup.h>

/* libsoup's messages and the house's, one from the other. Belongs to the message's thread. */

/* FALSE: a proxy may believe that the body ends somewhere else, and hand on the rest as somebody's
 * next request (RFC 9112, 6.3). It has both kinds of length, several, or a strange one. */
gboolean     presign_exchange_has_clear_end (SoupServerMessage *message);

/* With the body, as far as it has come. A header that came several times is one list. */
HttpRequest *presign_exchange_new_request  (SoupServerMessage  *message);
void         presign_exchange_set_response (SoupServerMessage  *message,
                                            const HttpResponse *response);
/* The answer to @message will have bytes after its head. */
gboolean     presign_exchange_has_body     (SoupServerMessage  *message,
                                            const HttpResponse *response);
