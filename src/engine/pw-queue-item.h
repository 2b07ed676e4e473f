/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-line.h"

/* One file, or one folder, of the queue and its history. A plain value; one thread at a time. */

typedef enum {
  PW_ITEM_WAITING,              /* to be uploaded, or being uploaded by who owns the queue */
  PW_ITEM_PAUSED,
  PW_ITEM_DONE,
  PW_ITEM_FAILED,
  PW_ITEM_ABORTING,             /* the server must still be told to forget the upload */
  PW_ITEM_WALKING,              /* a folder that was not walked to its end */
  PW_ITEM_REMOVED,              /* put with this state, an item is forgotten */
  PW_N_ITEM_STATES
} PwItemState;

typedef struct {
  char *id;                     /* 16 hex digits, random; also that of its journal, if it has one */
  char *path;                   /* absolute; any bytes */
  char *key;                    /* in the bucket; of a folder the prefix of its files' keys */
  char *folder;                 /* the id of the folder item that it came from, or NULL */
  guint destination;            /* index of the destination in its queue */
  char *options;                /* JSON text, opaque here, or NULL */
  gboolean is_folder;
  guint64 size;                 /* bytes */
  guint64 safe;                 /* bytes of it at the store, when this was put */
  gint64 added;                 /* seconds since 1970 */
  gint64 finished;              /* likewise; 0 = not yet */
  PwItemState state;
  char *error_id;               /* pw_error_get_id(), or NULL */
  char *message;                /* the error's sentence, or NULL */
  char *verification;           /* how the object was proved to be the file, or NULL */
  char *etag;                   /* of the object, or NULL */
  gint64 order;                 /* the smallest is uploaded first */
  gboolean is_running;          /* a living process owns its queue; only from pw_queue_list() */
} PwQueueItem;

PwQueueItem *pw_queue_item_new  (void);
PwQueueItem *pw_queue_item_copy (const PwQueueItem *self);
void         pw_queue_item_free (PwQueueItem *self);            /* NULL is harmless */

/* "waiting", "paused"…: words that never change. */
const char  *pw_item_state_get_id  (PwItemState state);

/* FALSE, and @state untouched, for an unknown word. */
gboolean     pw_item_state_from_id (const char *id, PwItemState *state);

/* Appends the line that makes @self of @before (NULL: of nothing); none where they are equal. */
void         pw_queue_item_write (const PwQueueItem *self,
                                  const PwQueueItem *before,
                                  GString           *text);

/* The reverse: changes in @self what the line tells, all but the id. FALSE: it is not valid. */
gboolean     pw_queue_item_apply (PwQueueItem *self, const PwLine *line);

/* Makes @self what @from is, all but the id; cheap where little differs. */
void         pw_queue_item_set (PwQueueItem *self, const PwQueueItem *from);

/* For sorting a GPtrArray of them into the order in which they are to be uploaded. */
int          pw_queue_item_compare (gconstpointer a, gconstpointer b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwQueueItem, pw_queue_item_free)
