/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-credentials.h"
#include "engine/pw-destination.h"

#include <gio/gio.h>

/* A store of a test's own: partway-store as a child process, with one bucket ("bucket"), parts as
 * small as you like, and a folder for files and state. It dies with the test.
 *
 * Everything here blocks, and fails the test where something does not work. */

typedef struct {
  GSubprocess *process;
  guint16 port;
  char *url;                    /* "http://127.0.0.1:PORT" */
  char *folder;                 /* of the test: goes with the store */
  char *root;                   /* of the store */
  char *state;                  /* for journals and the queue */
  char *journals;               /* STATE/uploads */
} StoreFixture;

#define STORE_PART ((guint64) 64 * 1024)        /* the part size of its destinations */

/* @rules: one of the store's --rules, or NULL. @faults: a script, or NULL. */
StoreFixture  *store_fixture_new             (const char         *rules,
                                              const char         *faults);
void           store_fixture_free            (StoreFixture       *self);

/* The process goes, and comes back at the same port with what it had. */
void           store_fixture_stop            (StoreFixture       *self);
void           store_fixture_start           (StoreFixture       *self);

void           store_fixture_set_faults      (StoreFixture       *self,
                                              const char         *script);
/* A member of GET /__stats: "part", "complete" … count requests; "uploads", "part_bytes" … */
guint64        store_fixture_get_stat        (StoreFixture       *self,
                                              const char         *name);

/* Of that bucket, with session keys, parts of STORE_PART bytes and PW_IF_EXISTS_REPLACE. */
PwDestination *store_fixture_new_destination (StoreFixture       *self);
void           store_fixture_set_keys        (PwCredentials      *credentials);

/* A file of the test's folder, the same bytes for the same @seed. To free. */
char          *store_fixture_make_file       (StoreFixture       *self,
                                              const char         *name,
                                              gsize               size,
                                              guint               seed);
char          *store_fixture_dup_object_path (StoreFixture       *self,
                                              const char         *key);
void           store_fixture_assert_object   (StoreFixture       *self,
                                              const char         *key,
                                              const char         *path);
gboolean       store_fixture_has_object      (StoreFixture       *self,
                                              const char         *key);

void           store_fixture_remove_tree     (const char         *path);

/* What the surroundings say of proxies, keys and certificates must not decide what a test sees;
 * before g_test_init(). */
void           store_fixture_clear_environment (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreFixture, store_fixture_free)
