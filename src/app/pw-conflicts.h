/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

#include <gtk/gtk.h>

/* Asks once for all uploads that met an object of their name, as soon as no more of a batch are
 * being looked for; until then, and while it is open, they are "asked". Who closes the question is
 * asked no more; each row still offers it. Main thread. */

typedef struct _PwConflicts PwConflicts;

/* @parent: where the question stands over. Both are borrowed. */
PwConflicts *pw_conflicts_new  (PwUploads   *uploads,
                                GtkWidget   *parent);
void         pw_conflicts_free (PwConflicts *self);
/* Asks for this one. */
void         pw_conflicts_ask  (PwConflicts *self,
                                PwUpload    *upload);
