/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <curl/curl.h>

#include "http/http-message.h"

/* Tells a libcurl handle what request to send. */

/* Sets method, headers and size of the body, all of them, whatever was set before. Every body goes
 * through the handle's read function. The list returned must live until the transfer is over; NULL
 * if a header holds what HTTP does not allow (RFC 9110, 5.5). */
struct curl_slist *http_handle_set_request (CURL              *easy,
                                            const HttpRequest *request,
                                            GError           **error);
