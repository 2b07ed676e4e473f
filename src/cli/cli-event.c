/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-event.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "engine/pw-error.h"

static void
add_string (JsonBuilder *builder,
            const char  *name,
            const char  *value)
{
  if (!value)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_int (JsonBuilder *builder,
         const char  *name,
         guint64      value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) value);
}

static JsonBuilder *
begin (const char *event)
{
  JsonBuilder *builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  add_string (builder, "event", event);
  return builder;
}

static char *
end (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;
  char *text;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  g_object_unref (builder);
  return text;
}

static void
print (JsonBuilder *builder)
{
  g_autofree char *text = end (builder);

  printf ("%s\n", text);
}

char *
cli_event_dup_upload (PwUpload   *upload,
                      const char *event)
{
  JsonBuilder *builder = begin (event);
  g_autofree char *path = g_filename_display_name (upload->path);

  add_string (builder, "id", upload->id);
  add_string (builder, "state", pw_upload_state_get_id (upload->state));
  add_string (builder, "path", path);
  add_string (builder, "bucket", upload->destination->bucket);
  add_string (builder, "key", upload->key);
  add_int (builder, "size", upload->size);
  add_int (builder, "safe", upload->schedule.safe);
  add_int (builder, "resumed", upload->resumed);
  add_string (builder, "verification", upload->verification);
  add_string (builder, "etag", upload->etag);
  if (upload->error && upload->error->domain == PW_ERROR) {
    add_string (builder, "error", pw_error_get_id (upload->error->code));
    add_string (builder, "message", upload->error->message);
    add_string (builder, "requestId", upload->request_id);
  }
  return end (builder);
}

void
cli_event_upload (PwUpload *upload)
{
  g_autofree char *text = cli_event_dup_upload (upload, "upload");

  printf ("%s\n", text);
  if (upload->state == PW_UPLOAD_DONE || upload->state == PW_UPLOAD_FAILED
      || upload->state == PW_UPLOAD_PAUSED || upload->state == PW_UPLOAD_SENDING)
    fflush (stdout);
}

static void
add_totals (JsonBuilder *builder,
            PwUploads   *uploads)
{
  PwTotals totals;

  pw_uploads_get_totals (uploads, &totals);
  add_int (builder, "uploads", totals.n_uploads);
  add_int (builder, "done", totals.n_done);
  add_int (builder, "failed", totals.n_failed);
  add_int (builder, "paused", totals.n_paused);
  add_int (builder, "size", totals.size);
  add_int (builder, "safe", totals.safe);
  add_int (builder, "sent", totals.sent);
  add_int (builder, "resumed", totals.resumed);
}

void
cli_event_progress (PwUploads *uploads)
{
  PwProgress *progress = pw_uploads_get_progress (uploads);
  JsonBuilder *builder = begin ("progress");

  add_totals (builder, uploads);
  add_int (builder, "speed", pw_progress_get_speed (progress));
  json_builder_set_member_name (builder, "secondsLeft");
  json_builder_add_int_value (builder, pw_progress_get_seconds_left (progress));
  add_int (builder, "connections", pw_uploads_get_connections (uploads));
  print (builder);
}

void
cli_event_note (const char *note)
{
  JsonBuilder *builder = begin ("note");

  add_string (builder, "message", note);
  print (builder);
}

void
cli_event_end (PwUploads *uploads,
               int        exit_status)
{
  JsonBuilder *builder = begin ("end");

  add_totals (builder, uploads);
  add_int (builder, "exitStatus", (guint64) exit_status);
  print (builder);
}

/* What only the store knows of an upload. */
static JsonBuilder *
begin_listed (const char           *event,
              const S3ListedUpload *upload)
{
  JsonBuilder *builder = begin (event);

  add_string (builder, "key", upload->key);
  add_string (builder, "uploadId", upload->upload_id);
  return builder;
}

void
cli_event_unfinished (const S3ListedUpload *upload,
                      const PwHeld         *held)
{
  JsonBuilder *builder = begin_listed ("unfinished", upload);

  json_builder_set_member_name (builder, "initiated");
  json_builder_add_int_value (builder, upload->initiated);
  add_int (builder, "size", held->size);
  add_int (builder, "parts", held->parts->len);
  print (builder);
}

void
cli_event_deleted (const S3ListedUpload *upload)
{
  print (begin_listed ("deleted", upload));
}
