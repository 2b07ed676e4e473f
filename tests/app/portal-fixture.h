/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

/* The session's file chooser portal, which asks nobody: every call is answered as the test said. It
 * has a thread of its own, since GTK waits for some answers in its main thread. GTK asks it where
 * GDK_DEBUG=portals is set before gtk_init(). */

typedef struct _PortalFixture PortalFixture;

/* On the bus when this returns. */
PortalFixture *portal_fixture_new         (void);
void           portal_fixture_free        (PortalFixture      *self);

/* From now on. @response: 0 = chosen, 1 = cancelled, 2 = ended in another way, or that the portal
 * ends without an answer, and another begins. */
#define PORTAL_FIXTURE_ENDS G_MAXUINT
void           portal_fixture_set_answer  (PortalFixture      *self,
                                           guint               response,
                                           const char *const  *uris);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PortalFixture, portal_fixture_free)
