/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-lane.h"
#include "engine/pw-pool.h"
#include "engine/pw-upload-run.h"

/* Which upload gets the next free worker. Main thread only.
 *
 * Uploads that are under way take turns, a job each. A few are begun side by side, so that a large
 * file does not keep the others waiting; when none of them has a job to give (each waits for its
 * next try, or for a Complete), further ones are begun, so that no worker idles.
 */

typedef struct _PwDispatch PwDispatch;

typedef struct {
  /* The first upload at or after *position that waits for its turn (borrowed), or NULL; moves
   * *position behind it. */
  PwUpload *(*next_waiting) (guint *position, gpointer user_data);
  /* An upload got news from a worker. */
  void      (*moved)        (PwUpload *upload, gpointer user_data);
  /* A lane cannot be used, or an upload met an error that lies with its destination. */
  void      (*blocked)      (PwLane *lane, const GError *error, gpointer user_data);
  /* Keys that were waited for are there, or cannot be had: feed again. */
  void      (*ready)        (gpointer user_data);
} PwDispatchCallbacks;

/* @user_data: a GObject that outlives the dispatch. */
PwDispatch *pw_dispatch_new        (const PwDispatchCallbacks *callbacks,
                                    const char                *journals,
                                    gpointer                   user_data);
void        pw_dispatch_free       (PwDispatch                *self);

PwPool     *pw_dispatch_get_pool   (PwDispatch                *self);     /* borrowed */
/* The lane of a destination; made when there is none. Borrowed. */
PwLane     *pw_dispatch_get_lane   (PwDispatch                *self,
                                    PwDestination             *destination);
void        pw_dispatch_set_allow_prompt (PwDispatch          *self,
                                          gboolean             allow);
/* Of uploads begun from now on, where the destination leaves it open; 0 = the store's. */
void        pw_dispatch_set_part_size (PwDispatch             *self,
                                       guint64                 bytes);

/* Something may be sent that was not before. */
void        pw_dispatch_feed       (PwDispatch                *self);
/* Takes in an upload that has work although it does not wait for its turn: an abort. */
void        pw_dispatch_activate   (PwDispatch                *self,
                                    PwUpload                  *upload);
gboolean    pw_dispatch_is_idle    (PwDispatch                *self);
/* About 10 times a second while it is not idle. */
void        pw_dispatch_tick       (PwDispatch                *self,
                                    gint64                     now_us);
