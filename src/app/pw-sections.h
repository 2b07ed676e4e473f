/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-entry.h"

#include <gio/gio.h>

/* The uploads as the window lists them: a GListModel of PwEntry, in sections with titles, filtered
 * and searched. An upload whose state changes goes to its section soon (PwMoves). Those that move
 * together are told of together, and whatever is between them stays as it is. What is being removed
 * is not in it.
 *
 * Under way and in trouble: in the order of the queue. Finished: the newest first. Main thread. */

typedef enum {
  PW_FILTER_ALL,
  PW_FILTER_ACTIVE,
  PW_FILTER_PROBLEMS,
  PW_FILTER_FINISHED,
} PwFilter;

#define PW_TYPE_SECTIONS (pw_sections_get_type ())
G_DECLARE_FINAL_TYPE (PwSections, pw_sections, PW, SECTIONS, GObject)

/* @uploads: of PwUpload; a reference is kept. */
PwSections *pw_sections_new        (GListModel *uploads);

void        pw_sections_set_filter (PwSections *self,
                                    PwFilter    filter);
/* Names that hold @text, in whichever case; NULL or "" = all. */
void        pw_sections_set_search (PwSections *self,
                                    const char *text);
/* Taken out of sight while it may still be brought back; when others move, or at the next
 * pw_sections_flush(). */
void        pw_sections_set_hidden (PwSections *self,
                                    PwUpload   *upload,
                                    gboolean    is_hidden);
guint       pw_sections_get_count  (PwSections *self,
                                    PwSection   section);
/* Moves what waits to be moved now; for tests, and before somebody counts. */
void        pw_sections_flush      (PwSections *self);
