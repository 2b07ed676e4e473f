/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "step-fixture.h"

/* A backend of a test's own, on a thread: speaks the FastAPI dialect as the original does, in front
 * of the fixture's store, and does what a test tells it besides. */

typedef struct _BackendFixture BackendFixture;

/* What a twist makes of a request: either an answer of its own, or what is to be done with the
 * usual one. */
typedef struct {
  guint status;                 /* 0 = the usual answer */
  char *answer;                 /* JSON; freed by the fixture */
  const char *header;           /* one more line, with CRLF, or NULL */
  gboolean is_done;             /* the store is asked all the same, before */
  gboolean is_dropped;          /* the connection is closed instead of an answer */
} BackendTwist;

/* @route: "/list-parts"; @body: NULL for GET; @n: how often that route was asked, from 1. On the
 * backend's thread. */
typedef void (*BackendTwistFunc) (BackendFixture *self,
                                  const char     *route,
                                  JsonObject     *body,
                                  guint           n,
                                  BackendTwist   *twist);

struct _BackendFixture {
  StepFixture *step;            /* its authority is the backend's client */
  char *url;
  BackendTwistFunc twist;       /* backend_fixture_set_twist() */
  const char *prefix;           /* in front of each key; "" at first */
  gint age_s;                   /* atomic: URLs are so old when they are given out */
  gint expires_s;               /* atomic: 3600 at first */
  /* nobody else's */
  gpointer server;
  PwAuthority *keys;
  GMutex mutex;
  GHashTable *counts;
  GString *heads;
};

/* A file of @size bytes in parts of @part_size. @token: the client's, or NULL. @header: its name,
 * or NULL. */
BackendFixture *backend_fixture_new       (gsize           size,
                                           guint64         part_size,
                                           const char     *token,
                                           const char     *header);
void            backend_fixture_free      (BackendFixture *self);
/* NULL: none, as at first. Also while the backend is asked. */
void            backend_fixture_set_twist (BackendFixture  *self,
                                           BackendTwistFunc twist);
/* How often a route was asked. */
guint           backend_fixture_count     (BackendFixture *self,
                                           const char     *route);
/* All request lines, headers and bodies that the backend saw, one after the other. To free. */
char           *backend_fixture_dup_heard (BackendFixture *self);
/* Begins, and sends all parts. */
void            backend_fixture_begin     (BackendFixture *self);
/* As after a crash, with an authority that knows nothing. */
void            backend_fixture_crash     (BackendFixture *self);
/* The object that the order names is the file. */
void            backend_fixture_assert_object (BackendFixture *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BackendFixture, backend_fixture_free)
