/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-request.h"

/* What the store says: set here, sent by store-send. An answer that is set replaces an earlier
 * one. */

void store_answer_empty (StoreRequest *request,
                         guint status);
/* Takes @xml, which is without its declaration. */
void store_answer_xml (StoreRequest *request,
                       guint status,
                       GString      *xml);
/* An error as S3 says it; @extra: further elements, or NULL. @code NULL: no body. */
void store_answer_error (StoreRequest *request,
                         guint status,
                         const char   *code,
                         const char   *message,
                         const char   *extra);
/* The same with the status that S3 documents for @code. */
void store_answer_refuse (StoreRequest *request,
                          const char   *code,
                          const char   *message);

void store_answer_set_header (StoreRequest *request,
                              const char   *name,
                              const char   *value);
/* Quoted, as ETags are. */
void store_answer_set_etag (StoreRequest *request,
                            const char   *etag);

/* Appends <NAME>value</NAME>, escaped. */
void store_xml_append (GString      *xml,
                       const char   *name,
                       const char   *value);
void store_xml_append_number (GString      *xml,
                              const char   *name,
                              guint64 value);
/* "2026-11-22T10:00:00.000Z" */
char *store_dup_iso_date (gint64 seconds);
/* "Sun, 22 Nov 2026 10:00:00 GMT" */
char *store_dup_http_date (gint64 seconds);
