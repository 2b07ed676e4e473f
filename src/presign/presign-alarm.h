/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-client.h"

/* Interrupts a client when its time is up.
 *
 * Threads: a thread of its own waits; a mutex guards the time. All functions belong to the client's
 * owner.
 */

typedef struct _PresignAlarm PresignAlarm;

/* @client is borrowed. */
PresignAlarm *presign_alarm_new  (HttpClient   *client);
void          presign_alarm_free (PresignAlarm *self);

/* In so many ms from now, in place of what was set before; 0 = not at all. From then on it
 * interrupts whatever is sent, until it is set anew. */
void          presign_alarm_set  (PresignAlarm *self,
                                  gint64        wait_ms);
