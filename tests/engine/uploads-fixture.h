/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"
#include "store-fixture.h"

/* A store and a list of uploads that knows its keys. Nothing here sleeps: waiting means running the
 * main loop until what is waited for is so; the test's own timeout ends what never comes. */

typedef struct {
  StoreFixture *store;
  PwDestination *destination;
  PwUploads *uploads;
  GString *states;              /* "ID-less" history: "name:state " for each "changed" */
  GPtrArray *notes;             /* char */
  guint n_idle;
  char *killed_state;           /* the state folder as it was at the kill, or NULL */
} UploadsFixture;

UploadsFixture *uploads_fixture_new   (const char     *rules,
                                       const char     *faults);
void            uploads_fixture_free  (UploadsFixture *self);

/* What is on the disk at this instant is what a kill leaves; the list itself goes on until the
 * restart. */
void            uploads_fixture_kill    (UploadsFixture *self);

/* The program ends, as far as it is ours: a restart is to follow. */
void            uploads_fixture_quit    (UploadsFixture *self);

/* Another list over the same state folder, as after the program ended. @killed: the first one is
 * not told; its files are taken as they are, or as they were at the kill. */
void            uploads_fixture_restart (UploadsFixture *self,
                                         gboolean        killed);

/* Adds the file and waits until it is in the list. Borrowed from the list. */
PwUpload       *uploads_fixture_add   (UploadsFixture *self,
                                       const char     *path,
                                       gboolean        follow);
/* A file of @n parts under that name, and its upload. */
PwUpload       *uploads_fixture_add_parts (UploadsFixture *self,
                                           const char     *name,
                                           guint           n);
PwUpload       *uploads_fixture_get   (UploadsFixture *self,
                                       guint           position);

void            uploads_fixture_wait_idle  (UploadsFixture *self);
void            uploads_fixture_wait_state (UploadsFixture *self,
                                            PwUpload       *upload,
                                            PwUploadState   state);
/* At least so many bytes are safe. */
void            uploads_fixture_wait_safe  (PwUpload       *upload,
                                            guint64         bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UploadsFixture, uploads_fixture_free)
