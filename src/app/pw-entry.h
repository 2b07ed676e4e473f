/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-upload.h"

/* One line of the list: an upload, or the title of a section. Made and changed by PwSections alone;
 * "notify::edges", "notify::count" and "changed" (the upload's state may be another one) tell the
 * row that shows it. Main thread. */

typedef enum {
  PW_SECTION_ACTIVE,            /* under way, waiting, or paused */
  PW_SECTION_PROBLEMS,          /* the user has to do something */
  PW_SECTION_FINISHED,
  PW_N_SECTIONS
} PwSection;

typedef enum {
  PW_EDGE_FIRST = 1 << 0,       /* of its section */
  PW_EDGE_LAST  = 1 << 1,
} PwEdges;

#define PW_TYPE_ENTRY (pw_entry_get_type ())
G_DECLARE_FINAL_TYPE (PwEntry, pw_entry, PW, ENTRY, GObject)

struct _PwEntry {
  GObject parent_instance;

  PwSection section;
  PwUpload *upload;             /* NULL: a title */
  guint edges;                  /* of an upload: PwEdges */
  guint count;                  /* of a title: how many uploads follow */
};

/* @upload: NULL = a title. */
PwEntry *pw_entry_new       (PwSection  section,
                             PwUpload  *upload);
void     pw_entry_set_edges (PwEntry   *self,
                             guint      edges);
void     pw_entry_set_count (PwEntry   *self,
                             guint      count);
void     pw_entry_tell      (PwEntry   *self);  /* "changed" */

/* Where an upload in that state belongs; PW_N_SECTIONS = nowhere. */
PwSection pw_section_of (PwUpload *upload);
