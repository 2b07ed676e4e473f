/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-queue-file.h"

#include "engine/pw-error.h"

/* Only keeps a nonsensical number from claiming memory. */
#define MAX_DESTINATIONS 100000

/* A file that vanishes while a folder is read was adopted by another, which may have been read
 * already, without it. */
#define MAX_TRIES 5

static void
apply_destination (PwQueueFile  *self,
                   const PwLine *line)
{
  const char *json = pw_line_get_string (line, "json");
  guint64 index;

  if (json == NULL || !pw_line_get_uint64 (line, "i", &index) || index >= MAX_DESTINATIONS) {
    self->n_damaged++;
    return;
  }
  if (index >= self->destinations->len)
    g_ptr_array_set_size (self->destinations, (gint) index + 1);
  g_free (self->destinations->pdata[index]);
  self->destinations->pdata[index] = g_strdup (json);
}

static void
apply_item (PwQueueFile  *self,
            GHashTable   *by_id,
            const PwLine *line)
{
  const char *id = pw_line_get_string (line, "id");
  PwQueueItem *item = id != NULL ? g_hash_table_lookup (by_id, id) : NULL;

  if (!pw_record_is_id (id)) {
    self->n_damaged++;
    return;
  }
  /* One that was removed and put again starts from nothing. */
  if (item == NULL || item->state == PW_ITEM_REMOVED) {
    item = pw_queue_item_new ();
    item->id = g_strdup (id);
    g_hash_table_replace (by_id, item->id, item);
    g_ptr_array_add (self->items, item);
  }
  if (!pw_queue_item_apply (item, line))
    self->n_damaged++;
}

static void
apply_adopted (PwQueueFile  *self,
               const PwLine *line)
{
  const char *file = pw_line_get_string (line, "file");

  if (file != NULL)
    g_hash_table_add (self->adopted, g_strdup (file));
  else
    self->n_damaged++;
}

/* FALSE: read no further. */
static gboolean
apply_line (PwQueueFile  *self,
            GHashTable   *by_id,
            const PwLine *line)
{
  const char *type = pw_line_get_type (line);
  guint64 version;

  if (g_str_equal (type, "item")) {
    apply_item (self, by_id, line);
  } else if (g_str_equal (type, "destination")) {
    apply_destination (self, line);
  } else if (g_str_equal (type, "adopted")) {
    apply_adopted (self, line);
  } else if (g_str_equal (type, "queue")) {
    self->is_newer = pw_line_get_uint64 (line, "v", &version) && version > PW_QUEUE_VERSION;
  }

  return !self->is_newer;
}

static gboolean
is_whole (PwQueueFile       *self,
          const PwQueueItem *item)
{
  return item->path != NULL && item->key != NULL && item->destination < self->destinations->len
         && self->destinations->pdata[item->destination] != NULL;
}

static void
drop_items (PwQueueFile *self)
{
  guint n_kept = 0;

  for (guint i = 0; i < self->items->len; i++) {
    PwQueueItem *item = self->items->pdata[i];
    gboolean is_removed = item->state == PW_ITEM_REMOVED;
    if (!is_removed && is_whole (self, item)) {
      self->items->pdata[n_kept++] = item;
      continue;
    }
    if (!is_removed)
      self->n_damaged++;
    pw_queue_item_free (item);
  }
  /* What lies behind was moved forward or freed. */
  for (guint i = n_kept; i < self->items->len; i++)
    self->items->pdata[i] = NULL;
  g_ptr_array_set_size (self->items, (gint) n_kept);
}

static void
parse (PwQueueFile *self,
       char        *text,
       gsize        length)
{
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);
  PwLineReader reader;
  PwLineResult result;
  PwLine line;

  pw_line_reader_init (&reader, text, length);
  while ((result = pw_line_reader_next (&reader, &line)) != PW_LINE_END) {
    if (result == PW_LINE_TORN)
      break;
    if (result == PW_LINE_DAMAGED)
      self->n_damaged++;
    else if (!apply_line (self, by_id, &line))
      break;
  }
  drop_items (self);
}

static PwQueueFile *
file_new (const char *id)
{
  PwQueueFile *self = g_new0 (PwQueueFile, 1);

  self->id = g_strdup (id);
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_queue_item_free);
  self->destinations = g_ptr_array_new_with_free_func (g_free);
  self->adopted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return self;
}

static int
compare_files (gconstpointer a,
               gconstpointer b)
{
  const PwQueueFile *x = *(PwQueueFile *const *) a, *y = *(PwQueueFile *const *) b;
  guint n_x = g_hash_table_size (x->adopted), n_y = g_hash_table_size (y->adopted);

  if (n_x != n_y)
    return n_x > n_y ? -1 : 1;

  return g_strcmp0 (x->id, y->id);
}

/* A damaged file may lack what it adopted: then both are read, and it goes first. */
static void
mark_superseded (GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++) {
    PwQueueFile *adopter = files->pdata[i];
    for (guint j = 0; j < files->len; j++) {
      PwQueueFile *file = files->pdata[j];
      if (adopter->n_damaged == 0 && g_hash_table_contains (adopter->adopted, file->id))
        file->is_superseded = TRUE;
    }
  }
}

/* NULL without @error: a file vanished on the way. */
static GPtrArray *
try_load_all (const char *dir,
              const char *except,
              GError    **error)
{
  g_autoptr (GPtrArray) ids = pw_record_list (dir, PW_QUEUE_SUFFIX, error);
  g_autoptr (GPtrArray) files =
    g_ptr_array_new_with_free_func ((GDestroyNotify) pw_queue_file_free);

  for (guint i = 0; ids != NULL && i < ids->len; i++) {
    if (g_strcmp0 (ids->pdata[i], except) == 0)
      continue;
    PwQueueFile *file = pw_queue_file_load (dir, ids->pdata[i], FALSE, NULL);
    g_autofree char *path = pw_queue_file_get_path (dir, ids->pdata[i]);
    if (file != NULL)
      g_ptr_array_add (files, file);
    else if (!g_file_test (path, G_FILE_TEST_EXISTS))
      return NULL;
  }

  return ids != NULL ? g_steal_pointer (&files) : NULL;
}

/* Those that may be taken over: whose owner is gone, and, if @only_id, that hold the item. */
static gboolean
is_wanted (PwQueueFile *file,
           const char  *only_id)
{
  if (file->is_running || file->is_newer)
    return FALSE;

  return only_id == NULL || (!file->is_superseded && pw_queue_file_find (file, only_id) != NULL);
}

char *
pw_queue_file_get_path (const char *dir,
                        const char *id)
{
  g_autofree char *name = g_strconcat (id, PW_QUEUE_SUFFIX, NULL);

  return g_build_filename (dir, name, NULL);
}

PwQueueFile *
pw_queue_file_load (const char *dir,
                    const char *id,
                    gboolean    own,
                    GError    **error)
{
  g_autoptr (PwQueueFile) self = file_new (id);
  g_autofree char *path = pw_queue_file_get_path (dir, id);
  g_autofree char *text = NULL;
  gsize length;

  if (own) {
    self->record = pw_record_open (path, error);
    if (self->record != NULL)
      text = pw_record_read (self->record, &length, error);
  } else {
    text = pw_record_peek (path, &length, &self->is_running, error);
  }
  if (text == NULL)
    return NULL;
  parse (self, text, length);

  return g_steal_pointer (&self);
}

void
pw_queue_file_free (PwQueueFile *self)
{
  if (self == NULL)
    return;

  pw_record_close (self->record);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->destinations);
  g_hash_table_unref (self->adopted);
  g_free (self->id);
  g_free (self);
}

GPtrArray *
pw_queue_file_load_all (const char *dir,
                        const char *except,
                        GError    **error)
{
  GPtrArray *files = NULL;
  g_autoptr (GError) local_error = NULL;

  for (guint i = 0; files == NULL && local_error == NULL && i < MAX_TRIES; i++)
    files = try_load_all (dir, except, &local_error);
  if (files == NULL) {
    if (local_error == NULL)
      g_set_error_literal (&local_error, PW_ERROR, PW_ERROR_LOCKED,
                           pw_error_get_title (PW_ERROR_LOCKED));
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  g_ptr_array_sort (files, compare_files);
  mark_superseded (files);

  return files;
}

GPtrArray *
pw_queue_file_own_all (const char *dir,
                       GPtrArray  *files,
                       const char *only_id)
{
  GPtrArray *owned = g_ptr_array_new_with_free_func ((GDestroyNotify) pw_queue_file_free);

  for (guint i = 0; i < files->len; i++) {
    PwQueueFile *seen = files->pdata[i];
    if (!is_wanted (seen, only_id))
      continue;
    PwQueueFile *file = pw_queue_file_load (dir, seen->id, TRUE, NULL);
    if (file == NULL)
      continue;
    file->is_superseded = seen->is_superseded;
    g_ptr_array_add (owned, file);
  }

  return owned;
}

const PwQueueItem *
pw_queue_file_find (PwQueueFile *self,
                    const char  *item_id)
{
  for (guint i = 0; i < self->items->len; i++) {
    const PwQueueItem *item = self->items->pdata[i];
    if (g_str_equal (item->id, item_id))
      return item;
  }

  return NULL;
}

void
pw_queue_file_write_header (GString *text)
{
  gsize start = text->len;

  pw_line_begin (text, "queue");
  pw_line_add_uint64 (text, "v", PW_QUEUE_VERSION);
  pw_line_end (text, start);
}

void
pw_queue_file_write_destination (GString    *text,
                                 guint       index,
                                 const char *json)
{
  gsize start = text->len;

  pw_line_begin (text, "destination");
  pw_line_add_uint64 (text, "i", index);
  pw_line_add_string (text, "json", json);
  pw_line_end (text, start);
}

void
pw_queue_file_write_adopted (GString    *text,
                             const char *file_id)
{
  gsize start = text->len;

  pw_line_begin (text, "adopted");
  pw_line_add_string (text, "file", file_id);
  pw_line_end (text, start);
}
