/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-api.h"

/* The pure server, asked without a socket of its own; behind it a store of the test's, or none. The
 * store is tests/engine/store-fixture.h's, or anything else that listens at a URL.
 *
 * Everything here fails the test where something does not work. */

#define FIXTURE_NOW 1700000000  /* 2023-11-14T22:13:20Z */

typedef struct {
  PresignConfig *config;
  PresignApi *api;
  HttpClient *client;
  gint64 now;                   /* what the server takes for the time */
  HttpResponse *response;       /* to the last question */
  char *text;                   /* its body */
} PresignFixture;

/* @settings: "bucket", "films", …, NULL: added to a bucket and a region. Keys are those of AWS's
 * examples. */
PresignFixture *presign_fixture_new   (const char *const *settings);
/* With keys and bucket of tests/store, at @endpoint; the time is the real one. */
PresignFixture *presign_fixture_new_with_store (const char        *endpoint,
                                                const char *const *settings);
void            presign_fixture_free  (PresignFixture *self);

/* @headers: "Authorization", "Bearer …", …, NULL; or NULL. @body: NULL = none; else JSON. Gives the
 * status; the answer is in @self until the next question. */
guint           presign_fixture_ask   (PresignFixture    *self,
                                       const char        *method,
                                       const char        *url,
                                       const char        *body,
                                       const char *const *headers);
/* POST without more. */
guint           presign_fixture_post  (PresignFixture    *self,
                                       const char        *url,
                                       const char        *body);

/* A text member of the answer, to free. */
char           *presign_fixture_dup   (PresignFixture    *self,
                                       const char        *name);

/* PUTs @text to a URL; gives the ETag without quotes, to free. */
char           *presign_fixture_put   (PresignFixture    *self,
                                       const char        *url,
                                       const char        *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PresignFixture, presign_fixture_free)
