/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

#include <gio/gio.h>

/* An upload that is unfinished at a store, as the page of them shows it. Main thread, but for the
 * asking, which has a thread of its own. */

#define PW_TYPE_LEFTOVER (pw_leftover_get_type ())
G_DECLARE_FINAL_TYPE (PwLeftover, pw_leftover, PW, LEFTOVER, GObject)

struct _PwLeftover {
  GObject parent_instance;

  char *key;
  char *upload_id;
  char *known_id;               /* the upload of a list on this computer that it is; or NULL */
  gint64 initiated;             /* Unix seconds; 0 = not told */
  guint64 size;                 /* bytes at the store */
  guint n_parts;
  gboolean is_chosen;           /* the page's to write */
};

/* More are not shown at once. */
#define PW_MAX_LEFTOVERS 1000

/* Whether it was begun more than so many days before @now (Unix seconds). */
gboolean    pw_leftover_is_older      (PwLeftover           *self,
                                       guint                 days,
                                       gint64                now);
/* "3 days ago — 1.2 GB in 24 parts" */
char       *pw_leftover_dup_sentence  (PwLeftover           *self,
                                       gint64                now);

/* The first of those that the destination's store has. */
void        pw_leftovers_load_async   (PwUploads            *uploads,
                                       PwDestination        *destination,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
/* PwLeftover; to unref. */
GPtrArray  *pw_leftovers_load_finish  (GAsyncResult         *result,
                                       GError              **error);

/* Deletes them and their parts, one after the other, up to the first that cannot be deleted.
 * @leftovers: of PwLeftover; read only until it ends. */
void        pw_leftovers_delete_async (PwUploads            *uploads,
                                       PwDestination        *destination,
                                       GPtrArray            *leftovers,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean    pw_leftovers_delete_finish (GAsyncResult        *result,
                                        GError             **error);
