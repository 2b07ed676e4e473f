/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-format.h"

/* Speed, time left, and the sentence that tells them. Pure: a plain value that belongs to the
 * thread that feeds it; copying it copies everything.
 *
 * "Sent" is the position: bytes safe on the server plus what is on its way. It may go back when a
 * part starts again. "Safe" is what the server acknowledged.
 */

#define PW_PROGRESS_HISTORY 300u        /* seconds */
#define PW_PROGRESS_RECENT  128u

typedef struct {
  gint64 at_us;
  guint64 bytes;
} PwProgressPoint;

/* Read it through the functions below. */
typedef struct {
  gint64 first_us;                      /* of this stretch; 0 = not begun */
  gint64 now_us;                        /* of the last feed */
  gint64 moved_us;                      /* when a byte last moved */
  guint64 safe;
  guint64 sent;
  guint64 total;
  guint64 moved;                        /* bytes that moved forward since init: never goes back */
  double speed;                         /* bytes/s over the last 10 s */
  double steady_speed;                  /* the same, calmer, for the time left */
  PwProgressPoint recent[PW_PROGRESS_RECENT];   /* ring of (time, moved) */
  guint recent_first;
  guint n_recent;
  guint64 history[PW_PROGRESS_HISTORY]; /* ring of bytes moved in each second */
  guint history_first;
  guint n_history;
  gint64 second_us;                     /* when the second now being counted began */
  guint64 second_bytes;
} PwProgress;

void     pw_progress_init             (PwProgress       *self);

/* 5 to 10 times a second while the upload runs. The first feed says where the upload stands; what
 * was sent before it counts for no speed. After more than 3 s without a feed (paused, asleep), and
 * after a stall, the speed begins anew; the history shows the gap as zeros. */
void     pw_progress_feed             (PwProgress       *self,
                                       gint64            now_us,
                                       guint64           safe_bytes,
                                       guint64           sent_bytes,
                                       guint64           total);

/* Bytes/s: the slope through the last 10 s. 0 while stalled and in the first half second. */
guint64  pw_progress_get_speed        (const PwProgress *self);

/* No byte moved for 5 s although there are some left. */
gboolean pw_progress_is_stalled       (const PwProgress *self);

/* Until the last byte is sent; -1 = unknown (just begun, stalled, or so slow that it would be more
 * than a hundred days); 0 = all is sent. */
gint64   pw_progress_get_seconds_left (const PwProgress *self);

/* Writes bytes/s of the last @n_max whole seconds, oldest first; returns how many (at most
 * PW_PROGRESS_HISTORY). */
guint    pw_progress_get_history      (const PwProgress *self,
                                       guint64          *speeds,
                                       guint             n_max);

/* Translated: "3.2 of 10 GB — 2 minutes left"; "3.2 of 10 GB — waiting for the network" while
 * stalled; "10 GB sent — waiting for the server" while some of it is not yet safe; and at last
 * "10 GB — done". */
char    *pw_progress_dup_sentence     (const PwProgress *self);
