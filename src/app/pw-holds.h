/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-network.h"
#include "engine/pw-uploads.h"

/* What lets uploads rest and go on by themselves. Main thread.
 *
 * Without a network, or on a metered one if the user wants that, uploads to places that are far
 * wait, paused, with an error that says so; they go on once there is another network. What met
 * trouble that time may heal is tried again at once when the network comes back, else after growing
 * waits. What the user paused stays paused; what the user lets go on all the same is let go. */

typedef struct _PwHolds PwHolds;

/* @settings: "wait-on-metered". @monitor: NULL = the desktop's. */
PwHolds *pw_holds_new        (PwUploads       *uploads,
                              GSettings       *settings,
                              GNetworkMonitor *monitor);
void     pw_holds_free       (PwHolds         *self);

/* Everything that rests and may go on does so now. */
void     pw_holds_go_on      (PwHolds         *self);
/* After sleep: what is under way begins its parts again, over new connections; the old ones are
 * dead, which they themselves would notice late. */
void     pw_holds_renew      (PwHolds         *self);
/* Something rests that will go on by itself. */
gboolean pw_holds_is_resting (PwHolds         *self);
