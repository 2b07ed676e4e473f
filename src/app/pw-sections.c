/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-sections.h"

#include <string.h>

#include "app/pw-entry-order.h"
#include "app/pw-moves.h"

struct _PwSections {
  GObject parent_instance;

  GListModel *uploads;
  GHashTable *entries;          /* PwUpload → PwEntry, for what is in the list */
  GHashTable *hidden;           /* PwUpload */
  PwMoves *moves;               /* of those whose section may be another one now */
  GPtrArray *known;             /* PwUpload, as in uploads */
  GPtrArray *sections[PW_N_SECTIONS];   /* PwEntry, sorted */
  PwEntry *titles[PW_N_SECTIONS];
  PwFilter filter;
  char *search;                 /* case-folded; NULL = everything */
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PwSections, pw_sections, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* Where things belong. */

static gboolean
does_match (PwSections *self,
            PwUpload   *upload)
{
  g_autofree char *name = NULL;

  if (!self->search)
    return TRUE;
  name = g_utf8_casefold (upload->name, -1);
  return strstr (name, self->search) != NULL;
}

static PwSection
section_for (PwSections *self,
             PwUpload   *upload)
{
  PwSection section = pw_section_of (upload);

  if (self->filter != PW_FILTER_ALL && section != (PwSection) (self->filter - 1))
    return PW_N_SECTIONS;
  if (g_hash_table_contains (self->hidden, upload) || !does_match (self, upload))
    return PW_N_SECTIONS;
  return section;
}

/* The section's place in the whole: that of its title, if it has one. */
static guint
get_start (PwSections *self,
           PwSection   section)
{
  guint start = 0;

  for (guint i = 0; i < section; i++)
    start += self->sections[i]->len > 0 ? self->sections[i]->len + 1 : 0;
  return start;
}

static void
set_edges (PwSections *self,
           PwSection   section,
           guint       from,
           guint       n)
{
  GPtrArray *entries = self->sections[section];

  for (guint i = from > 0 ? from - 1 : 0; i < MIN (from + n + 1, entries->len); i++)
    pw_entry_set_edges (g_ptr_array_index (entries, i),
                        (i == 0 ? PW_EDGE_FIRST : 0) | (i == entries->len - 1 ? PW_EDGE_LAST : 0));
  pw_entry_set_count (self->titles[section], entries->len);
}

/* Tells of @removed and @added entries at @index of the section, after the fact; the title comes
 * with the first and goes with the last. */
static void
tell (PwSections *self,
      PwSection   section,
      guint       index,
      guint       removed,
      guint       added)
{
  guint n_now = self->sections[section]->len;
  guint n_before = n_now + removed - added;
  guint start = get_start (self, section);

  set_edges (self, section, index, added);
  if (n_before == 0)
    g_list_model_items_changed (G_LIST_MODEL (self), start, 0, added + 1);
  else if (n_now == 0)
    g_list_model_items_changed (G_LIST_MODEL (self), start, removed + 1, 0);
  else
    g_list_model_items_changed (G_LIST_MODEL (self), start + 1 + index, removed, added);
}

static void
arrange (PwSections *self,
         PwSection   section,
         GPtrArray  *fresh)
{
  GPtrArray *order = self->sections[section];
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (PwRun));
  g_autoptr (GPtrArray) now = pw_entry_order_merge (order, self->entries, fresh, runs);

  for (guint i = runs->len; i > 0; i--) {
    PwRun run = g_array_index (runs, PwRun, i - 1);

    pw_entry_order_change (order, run, now);
    tell (self, section, run.at_before, run.removed, run.added);
  }
}

typedef struct {
  GPtrArray *fresh[PW_N_SECTIONS];      /* PwEntry */
  gboolean is_touched[PW_N_SECTIONS];
} Change;

static void
change_begin (Change *change)
{
  for (guint i = 0; i < PW_N_SECTIONS; i++) {
    change->fresh[i] = g_ptr_array_new_with_free_func (g_object_unref);
    change->is_touched[i] = FALSE;
  }
}

static void
change_end (PwSections *self,
            Change     *change)
{
  for (guint i = 0; i < PW_N_SECTIONS; i++) {
    if (change->is_touched[i])
      arrange (self, (PwSection) i, change->fresh[i]);
    g_ptr_array_unref (change->fresh[i]);
  }
}

static void
take_out (PwSections *self,
          PwUpload   *upload,
          Change     *change)
{
  PwEntry *entry = g_hash_table_lookup (self->entries, upload);

  if (!entry)
    return;
  change->is_touched[entry->section] = TRUE;
  g_hash_table_remove (self->entries, upload);
}

static void
settle (PwSections *self,
        PwUpload   *upload,
        Change     *change)
{
  PwEntry *entry = g_hash_table_lookup (self->entries, upload);
  PwSection section = section_for (self, upload);

  if (entry && entry->section == section) {
    pw_entry_tell (entry);
    return;
  }
  take_out (self, upload, change);
  if (section == PW_N_SECTIONS)
    return;
  entry = pw_entry_new (section, upload);
  g_hash_table_insert (self->entries, upload, entry);
  g_ptr_array_add (change->fresh[section], entry);
  change->is_touched[section] = TRUE;
}

static void
move_cb (GPtrArray *uploads,
         gpointer   data)
{
  PwSections *self = data;
  Change change;

  change_begin (&change);
  for (guint i = 0; i < uploads->len; i++)
    settle (self, g_ptr_array_index (uploads, i), &change);
  change_end (self, &change);
}

void
pw_sections_flush (PwSections *self)
{
  pw_moves_flush (self->moves);
}

static void
state_cb (PwUpload   *upload,
          GParamSpec *spec,
          PwSections *self)
{
  pw_moves_add (self->moves, upload);
}

static void
uploads_cb (GListModel *uploads,
            guint       position,
            guint       removed,
            guint       added,
            PwSections *self)
{
  Change change;

  change_begin (&change);
  for (guint i = 0; i < removed; i++) {
    PwUpload *upload = g_ptr_array_index (self->known, position + i);

    g_signal_handlers_disconnect_by_data (upload, self);
    pw_moves_forget (self->moves, upload);
    g_hash_table_remove (self->hidden, upload);
    take_out (self, upload, &change);
  }
  if (removed > 0)
    g_ptr_array_remove_range (self->known, position, removed);
  for (guint i = 0; i < added; i++) {
    PwUpload *upload = g_list_model_get_item (uploads, position + i);

    g_ptr_array_insert (self->known, (int) (position + i), upload);
    g_signal_connect (upload, "notify::state", G_CALLBACK (state_cb), self);
    settle (self, upload, &change);
  }
  change_end (self, &change);
}

static void
rebuild (PwSections *self)
{
  Change change;

  change_begin (&change);
  for (guint i = 0; i < self->known->len; i++)
    settle (self, g_ptr_array_index (self->known, i), &change);
  change_end (self, &change);
}

void
pw_sections_set_filter (PwSections *self,
                        PwFilter    filter)
{
  if (self->filter == filter)
    return;
  self->filter = filter;
  rebuild (self);
}

void
pw_sections_set_search (PwSections *self,
                        const char *text)
{
  g_autofree char *search = text && *text ? g_utf8_casefold (text, -1) : NULL;

  if (g_strcmp0 (self->search, search) == 0)
    return;
  g_free (self->search);
  self->search = g_steal_pointer (&search);
  rebuild (self);
}

void
pw_sections_set_hidden (PwSections *self,
                        PwUpload   *upload,
                        gboolean    is_hidden)
{
  if (is_hidden)
    g_hash_table_add (self->hidden, g_object_ref (upload));
  else
    g_hash_table_remove (self->hidden, upload);
  pw_moves_add (self->moves, upload);
}

guint
pw_sections_get_count (PwSections *self,
                       PwSection   section)
{
  return self->sections[section]->len;
}

/* The list. */

static GType
get_item_type (GListModel *model)
{
  return PW_TYPE_ENTRY;
}

static guint
get_n_items (GListModel *model)
{
  return get_start (PW_SECTIONS (model), PW_N_SECTIONS);
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  PwSections *self = PW_SECTIONS (model);

  for (guint i = 0; i < PW_N_SECTIONS; i++) {
    guint n = self->sections[i]->len;

    if (n == 0)
      continue;
    if (position == 0)
      return g_object_ref (self->titles[i]);
    if (position <= n)
      return g_object_ref (g_ptr_array_index (self->sections[i], position - 1));
    position -= n + 1;
  }
  return NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
pw_sections_finalize (GObject *object)
{
  PwSections *self = PW_SECTIONS (object);

  pw_moves_free (self->moves);
  g_signal_handlers_disconnect_by_data (self->uploads, self);
  for (guint i = 0; i < self->known->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->known, i), self);
  for (guint i = 0; i < PW_N_SECTIONS; i++) {
    g_ptr_array_unref (self->sections[i]);
    g_object_unref (self->titles[i]);
  }
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->hidden);
  g_ptr_array_unref (self->known);
  g_object_unref (self->uploads);
  g_free (self->search);
  G_OBJECT_CLASS (pw_sections_parent_class)->finalize (object);
}

static void
pw_sections_class_init (PwSectionsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pw_sections_finalize;
}

static void
pw_sections_init (PwSections *self)
{
  self->moves = pw_moves_new (move_cb, self);
  self->entries = g_hash_table_new (NULL, NULL);
  self->hidden = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->known = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < PW_N_SECTIONS; i++) {
    self->sections[i] = g_ptr_array_new_with_free_func (g_object_unref);
    self->titles[i] = pw_entry_new ((PwSection) i, NULL);
  }
}

PwSections *
pw_sections_new (GListModel *uploads)
{
  PwSections *self = g_object_new (PW_TYPE_SECTIONS, NULL);

  self->uploads = g_object_ref (uploads);
  g_signal_connect (uploads, "items-changed", G_CALLBACK (uploads_cb), self);
  uploads_cb (uploads, 0, 0, g_list_model_get_n_items (uploads), self);
  return self;
}
