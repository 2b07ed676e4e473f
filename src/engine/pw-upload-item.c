/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-upload-item.h"

#include <json-glib/json-glib.h>

#include "engine/pw-error.h"

static PwItemState
item_state (PwUploadState state)
{
  switch (state) {
  case PW_UPLOAD_PAUSED:
    return PW_ITEM_PAUSED;
  case PW_UPLOAD_FAILED:
    return PW_ITEM_FAILED;
  case PW_UPLOAD_DONE:
  case PW_UPLOAD_SKIPPED:
    return PW_ITEM_DONE;
  case PW_UPLOAD_ABORTING:
    return PW_ITEM_ABORTING;
  case PW_UPLOAD_REMOVED:
    return PW_ITEM_REMOVED;
  case PW_UPLOAD_WAITING:
  case PW_UPLOAD_PREPARING:
  case PW_UPLOAD_SENDING:
  case PW_UPLOAD_FINISHING:
  case PW_N_UPLOAD_STATES:
  default:
    return PW_ITEM_WAITING;
  }
}

gboolean
pw_upload_states_look_alike (PwUploadState a,
                             PwUploadState b)
{
  return item_state (a) == item_state (b);
}

/* The user's choices for this one upload; NULL where they are the destination's. */
static char *
dup_options (PwUpload *upload)
{
  if (!upload->follow && upload->state != PW_UPLOAD_SKIPPED
      && upload->if_exists == upload->destination->if_exists)
    return NULL;
  return g_strdup_printf ("{\"ifExists\":\"%s\",\"follow\":%s,\"skipped\":%s}",
                          pw_if_exists_ids[upload->if_exists], upload->follow ? "true" : "false",
                          upload->state == PW_UPLOAD_SKIPPED ? "true" : "false");
}

PwQueueItem *
pw_upload_to_item (PwUpload *upload,
                   guint     destination)
{
  PwQueueItem *item = pw_queue_item_new ();

  item->id = g_strdup (upload->id);
  item->path = g_strdup (upload->path);
  item->key = g_strdup (upload->key);
  item->folder = g_strdup (upload->folder);
  item->destination = destination;
  item->options = dup_options (upload);
  item->size = upload->size;
  item->safe = pw_upload_is_over (upload) ? 0 : pw_upload_get_safe (upload);
  item->added = upload->added;
  item->finished = upload->finished;
  item->state = item_state (upload->state);
  item->verification = g_strdup (upload->verification);
  item->etag = g_strdup (upload->etag);
  item->order = upload->order_in_list;
  if (upload->error && upload->error->domain == PW_ERROR
      && (item->state == PW_ITEM_PAUSED || item->state == PW_ITEM_FAILED)) {
    item->error_id = g_strdup (pw_error_get_id (upload->error->code));
    item->message = g_strdup (upload->error->message);
  }
  return item;
}

/* Returns whether it was skipped. */
static gboolean
read_options (PwUpload   *upload,
              const char *options)
{
  g_autoptr (JsonNode) node = options ? json_from_string (options, NULL) : NULL;
  JsonObject *object;
  const char *word;

  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  object = json_node_get_object (node);
  word = json_object_get_string_member_with_default (object, "ifExists", "");
  for (guint i = 0; pw_if_exists_ids[i]; i++) {
    if (g_str_equal (pw_if_exists_ids[i], word))
      upload->if_exists = (PwIfExists) i;
  }
  upload->follow = json_object_get_boolean_member_with_default (object, "follow", FALSE);
  return json_object_get_boolean_member_with_default (object, "skipped", FALSE);
}

static PwUploadState
upload_state (const PwQueueItem *item,
              gboolean           was_skipped)
{
  switch (item->state) {
  case PW_ITEM_DONE:
    return was_skipped ? PW_UPLOAD_SKIPPED : PW_UPLOAD_DONE;
  case PW_ITEM_FAILED:
    return PW_UPLOAD_FAILED;
  case PW_ITEM_ABORTING:
    return PW_UPLOAD_ABORTING;
  case PW_ITEM_REMOVED:
    return PW_UPLOAD_REMOVED;
  case PW_ITEM_WAITING:
  case PW_ITEM_PAUSED:
  case PW_ITEM_WALKING:
  case PW_N_ITEM_STATES:
  default:
    return PW_UPLOAD_PAUSED;
  }
}

PwUpload *
pw_upload_from_item (const PwQueueItem *item,
                     PwDestination     *destination)
{
  PwUpload *upload = pw_upload_new (item->id, item->path, item->key, item->size, destination);
  g_autoptr (GError) error = NULL;
  gboolean was_skipped;

  if (item->error_id)
    error = g_error_new_literal (PW_ERROR, pw_error_from_id (item->error_id),
                                 item->message ? item->message : "");
  upload->folder = g_strdup (item->folder);
  upload->added = item->added;
  upload->finished = item->finished;
  upload->was_begun = TRUE;
  upload->was_interrupted = item->state == PW_ITEM_WAITING;
  upload->order_in_list = item->order;
  upload->is_history = item->state == PW_ITEM_DONE;
  was_skipped = read_options (upload, item->options);
  pw_upload_restore (upload, upload_state (item, was_skipped), error, item->verification,
                     item->etag);
  pw_upload_set_known_safe (upload, item->safe);
  return upload;
}
