/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"

#include <gio/gio.h>

/* What kind of network there is, as far as the desktop can tell. Main thread; what has to be asked
 * first is asked by another, and until then there is a network.
 *
 * It is a hint to wait, never a reason to refuse: without a default route a network counts as none,
 * although what is near may well be reached. */

typedef enum {
  PW_NETWORK_FREE,
  PW_NETWORK_METERED,           /* every byte costs */
  PW_NETWORK_NONE,
} PwNetworkKind;

typedef struct _PwNetwork PwNetwork;

/* @changed: it is another network, or may be; signals that come in a burst are told once. @monitor:
 * NULL = the desktop's. */
PwNetwork    *pw_network_new      (GNetworkMonitor *monitor,
                                   void           (*changed) (gpointer user_data),
                                   gpointer         user_data);
void          pw_network_free     (PwNetwork       *self);
PwNetworkKind pw_network_get_kind (PwNetwork       *self);

/* On this computer or beside it, by an address that needs no route: reached without a network, and
 * at no cost. Asks nobody. */
gboolean      pw_network_is_near  (PwDestination   *destination);
