/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-message.h"

#include <gio/gio.h>

/* AWS Lambda's events as requests, and answers as results: format 2.0 of the payload, as function
 * URLs and the HTTP APIs of API Gateway send it (AWS Lambda Developer Guide, "Request and response
 * payloads"; API Gateway Developer Guide, "Lambda proxy integrations for HTTP APIs"). Pure; any
 * thread. Events come from AWS, but what is in them comes from anybody.
 */

typedef struct {
  HttpRequest *request;
  char *peer;                   /* the caller's address, or "" */
} PresignEvent;

void     presign_event_clear          (PresignEvent       *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PresignEvent, presign_event_clear)

/* Path without the stage ("/prod"), query as it came, cookies as one header, body decoded. FALSE:
 * G_IO_ERROR_INVALID_DATA, a sentence without anything of the event. */
gboolean presign_lambda_parse         (const char         *json,
                                       gsize               length,
                                       PresignEvent       *event,
                                       GError            **error);

/* {"statusCode", "headers", "cookies", "body", "isBase64Encoded"}. Headers that came several times
 * are one list, Set-Cookie apart; a body that is no text is in base64. */
char    *presign_lambda_dup_result    (const HttpResponse *response);
/* What the Runtime API takes for an error: {"errorMessage", "errorType"}. */
char    *presign_lambda_dup_error     (const char         *type,
                                       const char         *message);
