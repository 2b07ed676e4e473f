/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-entry.h"

#include "engine/pw-error.h"

enum { PROP_EDGES = 1, PROP_COUNT, N_PROPS };

static GParamSpec *props[N_PROPS];
static guint changed;

G_DEFINE_FINAL_TYPE (PwEntry, pw_entry, G_TYPE_OBJECT)

static void
pw_entry_get_property (GObject    *object,
                       guint       id,
                       GValue     *value,
                       GParamSpec *spec)
{
  PwEntry *self = PW_ENTRY (object);

  if (id == PROP_EDGES)
    g_value_set_uint (value, self->edges);
  else if (id == PROP_COUNT)
    g_value_set_uint (value, self->count);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
pw_entry_finalize (GObject *object)
{
  g_clear_object (&PW_ENTRY (object)->upload);
  G_OBJECT_CLASS (pw_entry_parent_class)->finalize (object);
}

static void
pw_entry_class_init (PwEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = pw_entry_get_property;
  object_class->finalize = pw_entry_finalize;
  props[PROP_EDGES] = g_param_spec_uint ("edges", NULL, NULL, 0, G_MAXUINT, 0,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_COUNT] = g_param_spec_uint ("count", NULL, NULL, 0, G_MAXUINT, 0,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed = g_signal_new ("changed", PW_TYPE_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                          G_TYPE_NONE, 0);
}

static void
pw_entry_init (PwEntry *self)
{
}

PwEntry *
pw_entry_new (PwSection  section,
              PwUpload  *upload)
{
  PwEntry *self = g_object_new (PW_TYPE_ENTRY, NULL);

  self->section = section;
  self->upload = upload ? g_object_ref (upload) : NULL;
  return self;
}

void
pw_entry_set_edges (PwEntry *self,
                    guint    edges)
{
  if (self->edges == edges)
    return;
  self->edges = edges;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EDGES]);
}

void
pw_entry_set_count (PwEntry *self,
                    guint    count)
{
  if (self->count == count)
    return;
  self->count = count;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_COUNT]);
}

void
pw_entry_tell (PwEntry *self)
{
  g_signal_emit (self, changed, 0);
}

PwSection
pw_section_of (PwUpload *upload)
{
  switch (upload->state) {
  case PW_UPLOAD_DONE:
  case PW_UPLOAD_SKIPPED:
    return PW_SECTION_FINISHED;
  case PW_UPLOAD_FAILED:
    return PW_SECTION_PROBLEMS;
  case PW_UPLOAD_PAUSED:
    return upload->error && !pw_error_is_transient (upload->error) ? PW_SECTION_PROBLEMS
                                                                   : PW_SECTION_ACTIVE;
  case PW_UPLOAD_WAITING:
  case PW_UPLOAD_PREPARING:
  case PW_UPLOAD_SENDING:
  case PW_UPLOAD_FINISHING:
    return PW_SECTION_ACTIVE;
  case PW_UPLOAD_ABORTING:
  case PW_UPLOAD_REMOVED:
  case PW_N_UPLOAD_STATES:
  default:
    return PW_N_SECTIONS;
  }
}
