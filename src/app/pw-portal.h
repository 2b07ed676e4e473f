/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

/* The desktop's service that shows a sandbox's file choosers. Main thread. */

typedef void (*PwPortalLost) (gpointer asking);

/* Calls @lost whenever that service ends while @asking is there: what it was asked is never
 * answered then, and GTK waits on. Does nothing where GTK asks no portal. */
void        pw_portal_watch                (GObject              *asking,
                                            PwPortalLost          lost);
