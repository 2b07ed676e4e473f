/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destinations-file.h"

/* The list in memory: what the file held, and over it what was changed since and is not saved yet.
 * Pure; one thread. */

typedef struct {
  GPtrArray *items;             /* PwDestination */
  GPtrArray *changes;           /* PwDestinationsChange, one an id, the oldest first */
  guint last_serial;
} PwDestinationsItems;

void           pw_destinations_items_init      (PwDestinationsItems *self);
void           pw_destinations_items_clear     (PwDestinationsItems *self);

/* -1: none. */
int            pw_destinations_items_find_id   (const PwDestinationsItems *self,
                                                const char          *id);
int            pw_destinations_items_find_name (const PwDestinationsItems *self,
                                                const char          *name);

/* Puts @destination in the place of the one at @position. */
void           pw_destinations_items_put       (PwDestinationsItems *self,
                                                int                  position,
                                                PwDestination       *destination);
/* Before the one with that id; at the end where there is none, or @before is NULL. */
void           pw_destinations_items_insert    (PwDestinationsItems *self,
                                                const char          *before,
                                                PwDestination       *destination);
void           pw_destinations_items_remove    (PwDestinationsItems *self,
                                                guint                position);

/* Copies of the changes, to be saved; and their end once they are. One that was changed again in
 * the meantime stays. */
GPtrArray     *pw_destinations_items_dup_changes  (const PwDestinationsItems *self);
void           pw_destinations_items_drop_changes (PwDestinationsItems *self,
                                                   GPtrArray           *saved);

/* Takes what the file holds, under the changes. Objects stay the same where nothing changed, so
 * that what is bound to them stays bound. FALSE: the list is as it was. */
gboolean       pw_destinations_items_merge     (PwDestinationsItems *self,
                                                GPtrArray           *loaded);
