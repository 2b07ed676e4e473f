/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-adding.h"

/* Files and folders on their way in, one after the other: the list keeps the order in which they
 * were named, and a thousand of them need no thousand threads. Main thread only. */

typedef struct _PwAddings PwAddings;

typedef struct {
  /* As in PwAddingCallbacks. */
  void (*found) (GPtrArray *uploads, gpointer user_data);
  void (*note)  (const char *note, gpointer user_data);
  /* It is to be remembered from now on; or, FALSE, it was walked to its end. */
  void (*put)   (PwAdding *adding, gboolean is_walking, gpointer user_data);
  /* One came to its end. */
  void (*end)   (gpointer user_data);
} PwAddingsCallbacks;

PwAddings *pw_addings_new      (const PwAddingsCallbacks *callbacks,
                                gpointer                  user_data);
void       pw_addings_free     (PwAddings                *self);        /* stops them */

void       pw_addings_push     (PwAddings                *self,
                                PwAdding                 *adding);      /* takes it */
/* Stops all, and forgets them without `put`. */
void       pw_addings_stop     (PwAddings                *self);
gboolean   pw_addings_is_empty (PwAddings                *self);
