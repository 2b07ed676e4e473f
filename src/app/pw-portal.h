/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

/* The desktop's service that shows a sandbox's file choosers, and lets it run. Main thread. */

/* In a sandbox; or where GDK_DEBUG says that it is one. */
gboolean    pw_portal_is_asked             (void);

typedef void (*PwPortalLost) (gpointer asking);

/* Calls @lost whenever that service ends while @asking is there: what it was asked is never
 * answered then, and GTK waits on. Does nothing where GTK asks no portal. */
void        pw_portal_watch                (GObject              *asking,
                                            PwPortalLost          lost);
