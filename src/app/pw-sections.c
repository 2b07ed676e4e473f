/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-sections.h"

#include <string.h>

#include "engine/pw-error.h"

#define FLUSH_MS 100
#define MOST_FLUSH_MS 2000
/* However many move, not more than one part in so many of the time goes into moving them. */
#define SHARE 20
/* Changes with fewer rows than that between them are told of as one. */
#define NEAR 16

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
  guint flush_ms;               /* how long the next one waits */
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

/* From one order to another. */

/* From @at_before of the old order on, @removed make room for @added of the new one. */
typedef struct {
  guint at_before;
  guint removed;
  guint at_now;
  guint added;
} Run;

static void
add_run (GArray *runs,
         Run     run)
{
  Run *last = runs->len > 0 ? &g_array_index (runs, Run, runs->len - 1) : NULL;
  guint end = last ? last->at_before + last->removed : 0;

  if (!last || run.at_before > end + NEAR) {
    g_array_append_val (runs, run);
    return;
  }
  last->removed = run.at_before + run.removed - last->at_before;
  last->added = run.at_now + run.added - last->at_now;
}

/* Those of @before that are in the list still, with @fresh between them, where they belong. */
static GPtrArray *
merge (PwSections *self,
       PwSection   section,
       GPtrArray  *fresh,
       GArray     *runs)
{
  GPtrArray *before = self->sections[section], *now = g_ptr_array_sized_new (before->len);
  guint i = 0, next = 0;

  g_ptr_array_sort (fresh, compare_entries);
  while (i < before->len || next < fresh->len) {
    PwEntry *old = i < before->len ? g_ptr_array_index (before, i) : NULL;
    PwEntry *new = next < fresh->len ? g_ptr_array_index (fresh, next) : NULL;

    if (old && g_hash_table_lookup (self->entries, old->upload) != old) {
      add_run (runs, (Run) { i++, 1, now->len, 0 });
    } else if (new && (!old || compare (new->upload, old->upload, section) < 0)) {
      add_run (runs, (Run) { i, 0, now->len, 1 });
      g_ptr_array_add (now, g_ptr_array_index (fresh, next++));
    } else {
      g_ptr_array_add (now, g_ptr_array_index (before, i++));
    }
  }
  return now;
}

static void
replace (GPtrArray *entries,
         Run        run,
         GPtrArray *now)
{
  guint n_before = entries->len, rest = n_before - run.at_before - run.removed;

  for (guint i = 0; i < run.added; i++)
    g_object_ref (g_ptr_array_index (now, run.at_now + i));
  if (run.removed > 0)
    g_ptr_array_remove_range (entries, run.at_before, run.removed);
  if (run.added == 0)
    return;
  g_ptr_array_set_size (entries, (int) (n_before - run.removed + run.added));
  memmove (&entries->pdata[run.at_before + run.added], &entries->pdata[run.at_before],
           rest * sizeof (gpointer));
  memcpy (&entries->pdata[run.at_before], &now->pdata[run.at_now], run.added * sizeof (gpointer));
}

/* From the end on, so that what was not told of yet stands where it stood. */
static void
arrange (PwSections *self,
         PwSection   section,
         GPtrArray  *fresh)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Run));
  g_autoptr (GPtrArray) now = merge (self, section, fresh, runs);

  for (guint i = runs->len; i > 0; i--) {
    Run run = g_array_index (runs, Run, i - 1);

    replace (self->sections[section], run, now);
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

  if (entry ? entry->section == section : section == PW_N_SECTIONS)
    return;
  take_out (self, upload, change);
  if (section == PW_N_SECTIONS)
    return;
  entry = pw_entry_new (section, upload);
  g_hash_table_insert (self->entries, upload, entry);
  g_ptr_array_add (change->fresh[section], entry);
  change->is_touched[section] = TRUE;
}

void
pw_sections_flush (PwSections *self)
{
  g_autoptr (GHashTable) moved = g_steal_pointer (&self->moved);
  GHashTableIter iter;
  gpointer upload;
  Change change;

  g_clear_handle_id (&self->flush_id, g_source_remove);
  self->moved = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  change_begin (&change);
  g_hash_table_iter_init (&iter, moved);
  while (g_hash_table_iter_next (&iter, &upload, NULL))
    settle (self, upload, &change);
  change_end (self, &change);
}

static gboolean
flush_cb (gpointer data)
{
  PwSections *self = data;

  gint64 began_us = g_get_monotonic_time ();

  self->flush_id = 0;
  pw_sections_flush (self);
  self->flush_ms = (guint) ((g_get_monotonic_time () - began_us) * SHARE / 1000);
  self->flush_ms = CLAMP (self->flush_ms, FLUSH_MS, MOST_FLUSH_MS);
  return G_SOURCE_REMOVE;
}

static void
move_soon (PwSections *self,
           PwUpload   *upload)
{
  g_hash_table_add (self->moved, g_object_ref (upload));
  if (self->flush_id == 0)
    self->flush_id = g_timeout_add (self->flush_ms, flush_cb, self);
}

static void
state_cb (PwUpload   *upload,
          GParamSpec *spec,
          PwSections *self)
{
  move_soon (self, upload);
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
    g_hash_table_remove (self->moved, upload);
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
  move_soon (self, upload);
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
  self->flush_ms = FLUSH_MS;
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
