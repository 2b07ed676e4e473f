/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-upload.h"
#include "engine/pw-walk.h"

/* A file or folder that the user named, on its way into the list. Main thread only. */

typedef struct _PwAdding PwAdding;

typedef struct {
  /* Uploads to append (PwUpload, owned by the array); more may come. */
  void (*found) (GPtrArray *uploads, gpointer user_data);
  void (*note)  (const char *note, gpointer user_data);
  /* Nothing comes any more; the callee frees the adding. */
  void (*end)   (PwAdding *adding, gpointer user_data);
} PwAddingCallbacks;

/* What is read of it before it starts, for the queue's own record of a folder. */
struct _PwAdding {
  char *id;                     /* 16 hex digits */
  char *path;
  PwDestination *destination;
  gboolean follow;
  gint64 added;
  GHashTable *known;            /* paths that an unfinished walk brought before; or NULL */
  /* its own */
  PwAddingCallbacks callbacks;
  gpointer user_data;
  PwWalk *walk;
};

/* @id: NULL = a new one. */
PwAdding *pw_adding_new   (const char              *id,
                           const char              *path,
                           PwDestination           *destination,
                           gboolean                 follow);
void      pw_adding_start (PwAdding                *self,
                           const PwAddingCallbacks *callbacks,
                           gpointer                 user_data);
void      pw_adding_free  (PwAdding                *self);      /* stops it */

/* 16 hex digits that nobody else has. To free. */
char     *pw_new_id       (void);
