/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-uploads.h"

#include <gdk/gdk.h>

/* Files on their way in: chosen, dropped, pasted, or named on the command line. Main thread; no
 * I/O: what they are is found out by the engine. */

/* @files: of GFile. Returns a sentence about those that cannot be taken because they are not on
 * this computer, or NULL. */
char *pw_intake_add_model (PwUploads     *uploads,
                           PwDestination *destination,
                           GListModel    *files);

char *pw_intake_add_list  (PwUploads     *uploads,
                           PwDestination *destination,
                           GdkFileList   *files);
