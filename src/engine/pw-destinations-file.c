/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-destinations-file.h"

#include "engine/pw-destination-json.h"
#include "engine/pw-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define VERSION 1
#define LOCK_TRIES 500
#define LOCK_WAIT_US 20000

static void
set_file_error (GError **error, const char *sentence, const char *path, const char *reason)
{
  g_set_error (error, PW_ERROR, PW_ERROR_DESTINATION, "%s (%s: %s)", sentence, path, reason);
}

/* The descriptor that holds the lock until it is closed; -1 on failure. Others hold it for
 * milliseconds; one that hangs must not hang us. */
static int
lock_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *lock_path = g_strconcat (path, ".lock", NULL);
  int fd = -1;

  if (g_mkdir_with_parents (folder, 0700) == 0) {
    fd = g_open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  }
  if (fd < 0) {
    set_file_error (error, _("The list of destinations cannot be saved. Check the folder’s "
                             "permissions and the space on the disk."), folder, g_strerror (errno));
    return -1;
  }
  for (guint i = 0; i < LOCK_TRIES; i++) {
    if (flock (fd, LOCK_EX | LOCK_NB) == 0) {
      return fd;
    }
    g_usleep (LOCK_WAIT_US);
  }
  set_file_error (error, _("Another program keeps the list of destinations locked. End it, and try "
                           "again."), lock_path, g_strerror (EWOULDBLOCK));
  g_close (fd, NULL);
  return -1;
}

static JsonNode *
new_document (void)
{
  JsonNode *root = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "version", VERSION);
  json_object_set_array_member (object, "destinations", json_array_new ());
  json_node_take_object (root, object);
  return root;
}

static JsonArray *
get_entries (JsonNode *root)
{
  JsonNode *node = json_object_get_member (json_node_get_object (root), "destinations");

  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* FALSE: the file cannot be read. @root is NULL if what it holds cannot be understood. */
static gboolean
read_document (const char *path, JsonNode **root, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) local = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &local)) {
    if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
      *root = new_document ();
      return TRUE;
    }
    set_file_error (error, _("The list of destinations cannot be read. Check its permissions."),
                    path, local->message);
    return FALSE;
  }
  *root = NULL;
  if (json_parser_load_from_data (parser, text, (gssize) length, NULL) &&
      json_parser_get_root (parser) && JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)) &&
      get_entries (json_parser_get_root (parser))) {
    *root = json_parser_steal_root (parser);
  }
  return TRUE;
}

/* With the lock. Never onto an older one. */
static gboolean
move_aside (const char *path, char **message, GError **error)
{
  g_autofree char *aside = g_strconcat (path, ".broken", NULL);

  for (guint i = 2; link (path, aside) != 0; i++) {
    if (errno != EEXIST) {
      set_file_error (error, _("The list of destinations is damaged, and cannot be moved aside."),
                      path, g_strerror (errno));
      return FALSE;
    }
    g_free (aside);
    aside = g_strdup_printf ("%s.broken-%u", path, i);
  }
  unlink (path);
  *message = g_strdup_printf (_("The list of destinations was damaged. It was moved to %s, and a "
                                "new one was begun."), aside);
  return TRUE;
}

/* With the lock. */
static JsonNode *
read_or_begin (const char *path, char **message, GError **error)
{
  JsonNode *root;

  if (!read_document (path, &root, error)) {
    return NULL;
  }
  if (!root && move_aside (path, message, error)) {
    root = new_document ();
  }
  return root;
}

static const char *
get_text (JsonNode *entry, const char *member)
{
  JsonNode *node = JSON_NODE_HOLDS_OBJECT (entry)
                   ? json_object_get_member (json_node_get_object (entry), member)
                   : NULL;

  return node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
         ? json_node_get_string (node)
         : NULL;
}

/* A name that the destination itself has already is not taken, whoever else has it. */
static gboolean
is_taken (JsonArray *entries, const char *name, const char *id)
{
  gboolean is_others = FALSE;

  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonNode *entry = json_array_get_element (entries, i);

    if (g_strcmp0 (get_text (entry, "name"), name) != 0) {
      continue;
    }
    if (g_strcmp0 (get_text (entry, "id"), id) == 0) {
      return FALSE;
    }
    is_others = TRUE;
  }
  return is_others;
}

/* The destination as it goes into the file: under a name that nobody has. */
static PwDestination *
dup_with_free_name (JsonArray *entries, PwDestination *destination)
{
  g_autoptr (PwDestination) renamed = NULL;

  if (!is_taken (entries, destination->name, destination->id)) {
    return g_object_ref (destination);
  }
  renamed = pw_destination_copy (destination);
  for (guint i = 2; is_taken (entries, renamed->name, renamed->id); i++) {
    g_free (renamed->name);
    renamed->name = g_strdup_printf ("%s (%u)", destination->name, i);
  }
  return g_steal_pointer (&renamed);
}

static gboolean
has_id (JsonArray *entries, const char *id)
{
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    if (g_strcmp0 (get_text (json_array_get_element (entries, i), "id"), id) == 0) {
      return TRUE;
    }
  }
  return FALSE;
}

static void
apply (JsonNode *root, const PwDestinationsChange *change)
{
  JsonArray *entries = get_entries (root);
  g_autoptr (JsonArray) changed = json_array_new ();
  g_autoptr (PwDestination) destination =
    change->destination ? dup_with_free_name (entries, change->destination) : NULL;
  const char *before = change->before && !has_id (entries, change->id) ? change->before : NULL;
  gboolean is_placed = FALSE;

  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonNode *entry = json_array_get_element (entries, i);

    if (destination && before && g_strcmp0 (get_text (entry, "id"), before) == 0) {
      json_array_add_element (changed, pw_destination_to_node (destination, NULL));
      is_placed = TRUE;
    }
    if (g_strcmp0 (get_text (entry, "id"), change->id) != 0) {
      json_array_add_element (changed, json_node_copy (entry));
    } else if (destination && !is_placed) {
      json_array_add_element (changed,
                              pw_destination_to_node (destination, json_node_get_object (entry)));
      is_placed = TRUE;
    }
  }
  if (destination && !is_placed) {
    json_array_add_element (changed, pw_destination_to_node (destination, NULL));
  }
  json_object_set_array_member (json_node_get_object (root), "destinations",
                                g_steal_pointer (&changed));
}

static gboolean
write_document (const char *path, JsonNode *root, GError **error)
{
  g_autofree char *json = json_to_string (root, TRUE);
  g_autofree char *text = g_strconcat (json, "\n", NULL);
  g_autoptr (GError) local = NULL;

  if (!g_file_set_contents_full (path, text, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &local)) {
    set_file_error (error, _("The list of destinations cannot be saved. Check the folder’s "
                             "permissions and the space on the disk."), path, local->message);
    return FALSE;
  }
  return TRUE;
}

/* NULL if the entry cannot be understood, or another has its id or name. */
static PwDestination *
read_entry (JsonNode *entry, GHashTable *seen)
{
  g_autoptr (PwDestination) destination = NULL;

  if (!get_text (entry, "id") || !get_text (entry, "name")) {
    return NULL;
  }
  destination = pw_destination_from_node (entry, NULL);
  if (!destination || g_hash_table_contains (seen, destination->id) ||
      g_hash_table_contains (seen, destination->name)) {
    return NULL;
  }
  g_hash_table_add (seen, g_strdup (destination->id));
  g_hash_table_add (seen, g_strdup (destination->name));
  return g_steal_pointer (&destination);
}

static PwDestinationsContent *
content_new (JsonNode *root, const char *path, char *message)
{
  PwDestinationsContent *self = g_new0 (PwDestinationsContent, 1);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *entries = get_entries (root);
  guint n_unseen = 0;

  self->destinations = g_ptr_array_new_with_free_func (g_object_unref);
  self->message = message;
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    PwDestination *destination = read_entry (json_array_get_element (entries, i), seen);

    if (destination) {
      g_ptr_array_add (self->destinations, destination);
    } else {
      n_unseen++;
    }
  }
  if (n_unseen > 0) {
    g_free (self->message);
    self->message = g_strdup_printf (ngettext ("%u destination in %s cannot be understood by this "
                                               "version and is not shown.",
                                               "%u destinations in %s cannot be understood by this "
                                               "version and are not shown.", n_unseen),
                                     n_unseen, path);
  }
  return self;
}

PwDestinationsChange *
pw_destinations_change_new (const char    *id,
                            PwDestination *destination)
{
  PwDestinationsChange *self = g_new0 (PwDestinationsChange, 1);

  self->id = g_strdup (id);
  self->destination = destination ? g_object_ref (destination) : NULL;
  return self;
}

PwDestinationsChange *
pw_destinations_change_copy (const PwDestinationsChange *self)
{
  PwDestinationsChange *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = pw_destinations_change_new (self->id, self->destination);
  copy->before = g_strdup (self->before);
  copy->serial = self->serial;
  return copy;
}

void
pw_destinations_change_free (PwDestinationsChange *self)
{
  if (!self) {
    return;
  }
  g_free (self->id);
  g_free (self->before);
  g_clear_object (&self->destination);
  g_free (self);
}

void
pw_destinations_content_free (PwDestinationsContent *self)
{
  if (!self) {
    return;
  }
  g_ptr_array_unref (self->destinations);
  g_free (self->message);
  g_free (self);
}

PwDestinationsContent *
pw_destinations_file_load (const char  *path,
                           GError     **error)
{
  g_autoptr (JsonNode) root = NULL;
  char *message = NULL;
  int lock;

  g_return_val_if_fail (path != NULL, NULL);

  if (!read_document (path, &root, error)) {
    return NULL;
  }
  if (!root) {
    /* Once more with the lock: another process may have moved it aside, and begun a good one. */
    lock = lock_file (path, error);
    root = lock >= 0 ? read_or_begin (path, &message, error) : NULL;
    if (lock >= 0) {
      g_close (lock, NULL);
    }
  }
  return root ? content_new (root, path, message) : NULL;
}

PwDestinationsContent *
pw_destinations_file_save (const char  *path,
                           GPtrArray   *changes,
                           GError     **error)
{
  PwDestinationsContent *content = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *message = NULL;
  int lock;

  g_return_val_if_fail (path != NULL && changes != NULL, NULL);

  lock = lock_file (path, error);
  if (lock < 0) {
    return NULL;
  }
  root = read_or_begin (path, &message, error);
  for (guint i = 0; root && i < changes->len; i++) {
    apply (root, g_ptr_array_index (changes, i));
  }
  if (root && write_document (path, root, error)) {
    content = content_new (root, path, g_steal_pointer (&message));
  }
  g_close (lock, NULL);
  return content;
}
