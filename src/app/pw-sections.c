/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-sections.h"

#include <string.h>

#include "engine/pw-error.h"

#define FLUSH_MS 100

struct _PwSections {
  GObject parent_instance;

  GListModel *uploads;
  GHashTable *entries;          /* PwUpload → PwEntry, for what is in the list */
  GHashTable *hidden;           /* PwUpload */
  GHashTable *moved;            /* PwUpload whose section may be another one now */
  GPtrArray *known;             /* PwUpload, as in uploads */
  GPtrArray *sections[PW_N_SECTIONS];   /* PwEntry, sorted */
  PwEntry *titles[PW_N_SECTIONS];
  PwFilter filter;
  char *search;                 /* case-folded; NULL = everything */
  guint flush_id;
};

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PwSections, pw_sections, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* Where things belong. */

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

static int
compare (const PwUpload *a,
         const PwUpload *b,
         PwSection       section)
{
  if (section == PW_SECTION_FINISHED && a->finished != b->finished)
    return a->finished > b->finished ? -1 : 1;
  if (section == PW_SECTION_FINISHED)
    return a->order_in_list > b->order_in_list ? -1 : a->order_in_list < b->order_in_list;
  return a->order_in_list < b->order_in_list ? -1 : a->order_in_list > b->order_in_list;
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const PwEntry *left = *(PwEntry *const *) a, *right = *(PwEntry *const *) b;

  return compare (left->upload, right->upload, left->section);
}

/* The index that @upload has, or would have, in the section. */
static guint
find (PwSections *self,
      PwSection   section,
      PwUpload   *upload)
{
  GPtrArray *entries = self->sections[section];
  guint low = 0, high = entries->len;

  while (low < high) {
    guint middle = (low + high) / 2;
    PwEntry *entry = g_ptr_array_index (entries, middle);

    if (compare (entry->upload, upload, section) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
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

/* One by one. */

static void
take_out (PwSections *self,
          PwEntry    *entry)
{
  GPtrArray *entries = self->sections[entry->section];
  PwSection section = entry->section;
  guint index = find (self, section, entry->upload);

  /* What it is sorted by may have changed since. */
  if (index >= entries->len || g_ptr_array_index (entries, index) != entry)
    g_ptr_array_find (entries, entry, &index);
  g_hash_table_remove (self->entries, entry->upload);
  g_ptr_array_remove_index (entries, index);
  tell (self, section, index, 1, 0);
}

static void
put_in (PwSections *self,
        PwSection   section,
        PwUpload   *upload)
{
  PwEntry *entry = pw_entry_new (section, upload);
  guint index = find (self, section, upload);

  g_hash_table_insert (self->entries, upload, entry);
  g_ptr_array_insert (self->sections[section], (int) index, entry);
  tell (self, section, index, 0, 1);
}

static void
settle (PwSections *self,
        PwUpload   *upload)
{
  PwEntry *entry = g_hash_table_lookup (self->entries, upload);
  PwSection section = section_for (self, upload);

  if (entry ? entry->section == section : section == PW_N_SECTIONS)
    return;
  if (entry)
    take_out (self, entry);
  if (section != PW_N_SECTIONS)
    put_in (self, section, upload);
}

void
pw_sections_flush (PwSections *self)
{
  g_autoptr (GHashTable) moved = g_steal_pointer (&self->moved);
  GHashTableIter iter;
  gpointer upload;

  g_clear_handle_id (&self->flush_id, g_source_remove);
  self->moved = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  g_hash_table_iter_init (&iter, moved);
  while (g_hash_table_iter_next (&iter, &upload, NULL))
    settle (self, upload);
}

static gboolean
flush_cb (gpointer data)
{
  PwSections *self = data;

  self->flush_id = 0;
  pw_sections_flush (self);
  return G_SOURCE_REMOVE;
}

static void
state_cb (PwUpload   *upload,
          GParamSpec *spec,
          PwSections *self)
{
  g_hash_table_add (self->moved, g_object_ref (upload));
  if (self->flush_id == 0)
    self->flush_id = g_timeout_add (FLUSH_MS, flush_cb, self);
}

/* Many at once. */

static void
forget (PwSections *self,
        PwUpload   *upload)
{
  PwEntry *entry = g_hash_table_lookup (self->entries, upload);

  g_signal_handlers_disconnect_by_data (upload, self);
  g_hash_table_remove (self->moved, upload);
  g_hash_table_remove (self->hidden, upload);
  if (entry)
    take_out (self, entry);
}

/* New entries of one section that all belong behind those it has are told of together. */
static void
put_in_many (PwSections *self,
             PwSection   section,
             GPtrArray  *uploads)
{
  GPtrArray *entries = self->sections[section];
  guint index = entries->len;
  gboolean is_behind = uploads->len > 0 && section != PW_SECTION_FINISHED
                       && find (self, section, g_ptr_array_index (uploads, 0)) == index;

  if (!is_behind && index > 0) {
    for (guint i = 0; i < uploads->len; i++)
      put_in (self, section, g_ptr_array_index (uploads, i));
    return;
  }
  for (guint i = 0; i < uploads->len; i++) {
    PwUpload *upload = g_ptr_array_index (uploads, i);
    PwEntry *entry = pw_entry_new (section, upload);

    g_hash_table_insert (self->entries, upload, entry);
    g_ptr_array_add (entries, entry);
  }
  if (index == 0)
    g_ptr_array_sort (entries, compare_entries);
  if (uploads->len > 0)
    tell (self, section, index, 0, uploads->len);
}

static void
put_in_all (PwSections *self,
            GPtrArray  *uploads)
{
  GPtrArray *of[PW_N_SECTIONS];

  for (guint i = 0; i < PW_N_SECTIONS; i++)
    of[i] = g_ptr_array_new ();
  for (guint i = 0; i < uploads->len; i++) {
    PwUpload *upload = g_ptr_array_index (uploads, i);
    PwSection section = section_for (self, upload);

    if (section != PW_N_SECTIONS)
      g_ptr_array_add (of[section], upload);
  }
  for (guint i = 0; i < PW_N_SECTIONS; i++) {
    put_in_many (self, (PwSection) i, of[i]);
    g_ptr_array_unref (of[i]);
  }
}

static void
uploads_cb (GListModel *uploads,
            guint       position,
            guint       removed,
            guint       added,
            PwSections *self)
{
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();

  for (guint i = 0; i < removed; i++)
    forget (self, g_ptr_array_index (self->known, position + i));
  if (removed > 0)
    g_ptr_array_remove_range (self->known, position, removed);
  for (guint i = 0; i < added; i++) {
    PwUpload *upload = g_list_model_get_item (uploads, position + i);

    g_ptr_array_insert (self->known, (int) (position + i), upload);
    g_ptr_array_add (fresh, upload);
    g_signal_connect (upload, "notify::state", G_CALLBACK (state_cb), self);
  }
  put_in_all (self, fresh);
}

static void
rebuild (PwSections *self)
{
  guint n_before = get_start (self, PW_N_SECTIONS);

  g_hash_table_remove_all (self->entries);
  for (guint i = 0; i < PW_N_SECTIONS; i++) {
    guint n = self->sections[i]->len;

    g_ptr_array_set_size (self->sections[i], 0);
    if (n > 0)
      tell (self, (PwSection) i, 0, n, 0);
  }
  g_assert (n_before == 0 || get_start (self, PW_N_SECTIONS) == 0);
  put_in_all (self, self->known);
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
  settle (self, upload);
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

  g_clear_handle_id (&self->flush_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->uploads, self);
  for (guint i = 0; i < self->known->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->known, i), self);
  for (guint i = 0; i < PW_N_SECTIONS; i++) {
    g_ptr_array_unref (self->sections[i]);
    g_object_unref (self->titles[i]);
  }
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->hidden);
  g_hash_table_unref (self->moved);
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
  self->entries = g_hash_table_new (NULL, NULL);
  self->hidden = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->moved = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
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
