/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"

#include <gio/gio.h>

/* The list of destinations, a GListModel of PwDestination, kept in one JSON file.
 *
 * Main thread only; the file is read and written by GTask threads (…_async) or, for programs
 * without a window, at once. Several processes may use the same file: a save reads it again under
 * a lock (PATH.lock), applies what was changed here, and replaces it (rename, mode 0600, synced),
 * so no process drops another's entries or members of a newer version. Names are unique: a name
 * that another process took in the meantime gets " (2)" and so on.
 *
 * A file that cannot be understood is moved aside to PATH.broken (then PATH.broken-2, …), and an
 * entry that cannot be understood stays in the file unseen; pw_destinations_get_message() says so.
 * Errors: PW_ERROR_DESTINATION. */

#define PW_TYPE_DESTINATIONS (pw_destinations_get_type ())
G_DECLARE_FINAL_TYPE (PwDestinations, pw_destinations, PW, DESTINATIONS, GObject)

/* @path: NULL = $XDG_CONFIG_HOME/partway/destinations.json. Empty until it is loaded. */
PwDestinations *pw_destinations_new         (const char           *path);

/* No file is an empty list. What was changed and not saved yet stays. */
gboolean        pw_destinations_load        (PwDestinations       *self,
                                             GError              **error);
void            pw_destinations_load_async  (PwDestinations       *self,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
gboolean        pw_destinations_load_finish (PwDestinations       *self,
                                             GAsyncResult         *result,
                                             GError              **error);

/* Also brings in what other processes saved. After a failure the changes wait for the next save. */
gboolean        pw_destinations_save        (PwDestinations       *self,
                                             GError              **error);
void            pw_destinations_save_async  (PwDestinations       *self,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
gboolean        pw_destinations_save_finish (PwDestinations       *self,
                                             GAsyncResult         *result,
                                             GError              **error);

/* The list changes at once, the file with the next save. FALSE if the destination does not pass
 * pw_destination_check(), or its name is taken. The list keeps a reference. */
gboolean        pw_destinations_add         (PwDestinations       *self,
                                             PwDestination        *destination,
                                             GError              **error);

/* The same, but before the one with that id; at the end where it is not there, or NULL. */
gboolean        pw_destinations_insert      (PwDestinations       *self,
                                             const char           *before,
                                             PwDestination        *destination,
                                             GError              **error);

/* Puts @destination in the place of the one with its id. */
gboolean        pw_destinations_replace     (PwDestinations       *self,
                                             PwDestination        *destination,
                                             GError              **error);

/* FALSE: there is none with that id. */
gboolean        pw_destinations_remove      (PwDestinations       *self,
                                             const char           *id);

/* By name, else by id. Borrowed; NULL if there is none. */
PwDestination  *pw_destinations_lookup      (PwDestinations       *self,
                                             const char           *name_or_id);

/* What the last load or save had to set aside, as sentences for people; NULL = nothing. */
const char     *pw_destinations_get_message (PwDestinations       *self);
const char     *pw_destinations_get_path    (PwDestinations       *self);
