/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-problem.h"

#include "http/http-message.h"

#include <json-glib/json-glib.h>

/* JSON in and out. Pure; any thread.
 *
 * Reading: json-glib, behind a look at the text (http-json.h). Members that nobody asks for are
 * passed over. The getters add to @problem what FastAPI would say, and go on: FALSE stands for all
 * that is wrong. They borrow from the object.
 *
 * Writing: appended to a string, in the compact form of Starlette's JSONResponse (no blanks, UTF-8
 * as it is). */

#define PRESIGN_JSON_DEPTH 16

/* The object in the request's body. NULL: none, not said to be JSON, no JSON, deeper than
 * PRESIGN_JSON_DEPTH, no object, a NUL in it, or more than one value. */
JsonObject *presign_json_parse       (const HttpRequest *request,
                                      PresignProblem    *problem);

/* A text that must be there (@optional: NULL, where absent or null) and is at most @most bytes. */
gboolean    presign_json_get_text    (JsonObject     *object,
                                      const char     *name,
                                      gboolean        optional,
                                      gsize           most,
                                      const char    **text,
                                      PresignProblem *problem);
/* A whole number, also one that is written as a text. @optional: untouched where it is absent. */
gboolean    presign_json_get_number  (JsonObject     *object,
                                      const char     *name,
                                      gboolean        optional,
                                      guint64         least,
                                      guint64         most,
                                      guint64        *number,
                                      PresignProblem *problem);
gboolean    presign_json_get_boolean (JsonObject     *object,
                                      const char     *name,
                                      gboolean       *value,     /* untouched if absent */
                                      PresignProblem *problem);
/* User metadata: "name", "value", …, NULL in an array of owned texts; an empty one where there is
 * none. Numbers and booleans become texts. */
GPtrArray  *presign_json_get_metadata (JsonObject     *object,
                                       const char     *name,
                                       PresignProblem *problem);
gboolean    presign_json_get_array   (JsonObject     *object,
                                      const char     *name,
                                      JsonArray     **array,
                                      PresignProblem *problem);

/* With quotes and escapes. */
void        presign_json_append      (GString        *json,
                                      const char     *text);
/* "\"NAME\":\"TEXT\"", after a comma where something stands before it; nothing for NULL. */
void        presign_json_append_text (GString        *json,
                                      const char     *name,
                                      const char     *text);
void        presign_json_append_number (GString      *json,
                                        const char   *name,
                                        guint64       number);
void        presign_json_append_boolean (GString     *json,
                                         const char  *name,
                                         gboolean     value);
/* The name, and what stands before the value. */
void        presign_json_append_name (GString        *json,
                                      const char     *name);
