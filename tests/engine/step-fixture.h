/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-job.h"
#include "store-fixture.h"

/* One upload's order and a bench, so that a test can do the jobs itself, one after the other, on
 * its own thread. */

typedef struct {
  StoreFixture *store;
  PwDestination *destination;
  PwDestination *store_destination;     /* of the store, where the other is a backend's; or NULL */
  PwCredentials *credentials;
  PwAuthority *authority;
  PwThrottle *throttle;
  PwBudget budget;
  PwBench *bench;
  PwOrder *order;
  char *path;
} StepFixture;

#define STEP_ID "0123456789abcdef"

/* A file of @size bytes that is to become "file.bin". */
StepFixture *step_fixture_new   (const char  *rules,
                                 const char  *faults,
                                 gsize        size);
void         step_fixture_free  (StepFixture *self);

/* As after a crash: the order forgets all it knew; what is on the disk stays. */
void         step_fixture_crash (StepFixture *self);

/* A new order, after the old one was given up, for what the fixture has now. */
void         step_fixture_renew_order (StepFixture *self);

/* Does one job and gives it back. Owned by the callee; to free. */
PwJob       *step_fixture_try   (StepFixture *self,
                                 PwJobKind    kind,
                                 guint        part_number);
/* Does it again, at once, as long as it is to be done later; gives the outcome. */
PwOutcome    step_fixture_run   (StepFixture *self,
                                 PwJobKind    kind,
                                 guint        part_number);
/* The same for all parts that are not safe; marks those that are. */
void         step_fixture_send_parts (StepFixture *self);
guint        step_fixture_count_safe (StepFixture *self);
gboolean     step_fixture_has_journal (StepFixture *self);
/* Writes to the file so that its identity changes; its size too, if @grow is not 0. */
void         step_fixture_change_file (StepFixture *self,
                                       gsize        offset,
                                       gsize        grow);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StepFixture, step_fixture_free)
