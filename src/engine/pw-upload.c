/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-upload.h"

#include <string.h>

#include "engine/pw-error.h"

#define TELL_EVERY_US (200 * G_TIME_SPAN_MILLISECOND)

enum { PROP_STATE = 1, PROP_ASKED, N_PROPS };
enum { PROGRESS, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (PwUpload, pw_upload, G_TYPE_OBJECT)

static const char *const state_ids[PW_N_UPLOAD_STATES] = {
  "waiting", "preparing", "sending", "finishing", "paused", "failed", "done", "skipped",
  "aborting", "removed",
};

#define TO(state) (1u << PW_UPLOAD_ ## state)

/* The moves that there are; by the state they start from. */
static const guint moves[PW_N_UPLOAD_STATES] = {
  /* A job of before the pause may come back with the end of it all. */
  [PW_UPLOAD_WAITING] = TO (PREPARING) | TO (SENDING) | TO (PAUSED) | TO (FAILED) | TO (DONE)
                        | TO (SKIPPED) | TO (ABORTING) | TO (REMOVED),
  [PW_UPLOAD_PREPARING] = TO (SENDING) | TO (DONE) | TO (SKIPPED) | TO (PAUSED) | TO (FAILED)
                          | TO (ABORTING),
  [PW_UPLOAD_SENDING] = TO (FINISHING) | TO (PREPARING) | TO (PAUSED) | TO (FAILED)
                        | TO (ABORTING),
  [PW_UPLOAD_FINISHING] = TO (DONE) | TO (SKIPPED) | TO (PREPARING) | TO (PAUSED) | TO (FAILED)
                          | TO (ABORTING),
  [PW_UPLOAD_PAUSED] = TO (WAITING) | TO (DONE) | TO (SKIPPED) | TO (FAILED) | TO (ABORTING)
                       | TO (REMOVED),
  [PW_UPLOAD_FAILED] = TO (WAITING) | TO (DONE) | TO (SKIPPED) | TO (PAUSED) | TO (ABORTING)
                       | TO (REMOVED),
  [PW_UPLOAD_DONE] = TO (REMOVED),
  [PW_UPLOAD_SKIPPED] = TO (REMOVED) | TO (WAITING),
  [PW_UPLOAD_ABORTING] = TO (REMOVED),
  [PW_UPLOAD_REMOVED] = 0,
};

void
pw_upload_set_state (PwUpload      *self,
                     PwUploadState  state)
{
  if (self->state == state)
    return;
  g_assert (moves[self->state] & (1u << state));
  g_debug ("upload %s: %s → %s", self->id, state_ids[self->state], state_ids[state]);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
pw_upload_set_error (PwUpload     *self,
                     const GError *error)
{
  g_clear_error (&self->error);
  if (error)
    self->error = g_error_copy (error);
}

void
pw_upload_tick (PwUpload *self,
                gint64    now_us)
{
  /* The time before its first byte, in which others had the line, says nothing of its speed. */
  if (!self->progress && pw_upload_get_in_flight (self) > 0) {
    self->progress = g_new (PwProgress, 1);
    pw_progress_init (self->progress);
  }
  if (self->progress)
    pw_progress_feed (self->progress, now_us, self->schedule.safe, pw_upload_get_sent (self),
                      self->size);
  /* All at the same time: who shows several draws once. */
  if (now_us / TELL_EVERY_US == self->told_us / TELL_EVERY_US)
    return;
  self->told_us = now_us;
  g_signal_emit (self, signals[PROGRESS], 0);
}

static void
pw_upload_get_property (GObject    *object,
                        guint       id,
                        GValue     *value,
                        GParamSpec *spec)
{
  if (id == PROP_STATE)
    g_value_set_uint (value, PW_UPLOAD (object)->state);
  else if (id == PROP_ASKED)
    g_value_set_boolean (value, PW_UPLOAD (object)->is_asked);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
pw_upload_finalize (GObject *object)
{
  PwUpload *self = PW_UPLOAD (object);

  g_free (self->id);
  g_free (self->path);
  g_free (self->name);
  g_free (self->key);
  g_free (self->folder);
  g_object_unref (self->destination);
  g_clear_error (&self->error);
  g_free (self->request_id);
  g_free (self->peer);
  g_free (self->verification);
  g_free (self->note);
  g_free (self->etag);
  g_clear_pointer (&self->order, pw_order_unref);
  g_clear_pointer (&self->leaving, pw_order_unref);
  g_free (self->progress);
  pw_schedule_clear (&self->schedule);
  g_ptr_array_unref (self->out);
  G_OBJECT_CLASS (pw_upload_parent_class)->finalize (object);
}

static void
pw_upload_class_init (PwUploadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = pw_upload_get_property;
  object_class->finalize = pw_upload_finalize;
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, PW_N_UPLOAD_STATES - 1,
                                         PW_UPLOAD_WAITING,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_ASKED] = g_param_spec_boolean ("asked", NULL, NULL, FALSE,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[PROGRESS] = g_signal_new ("progress", PW_TYPE_UPLOAD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 0);
}

static void
pw_upload_init (PwUpload *self)
{
  self->out = g_ptr_array_new ();
  pw_schedule_init (&self->schedule);
}

PwUpload *
pw_upload_new (const char    *id,
               const char    *path,
               const char    *key,
               guint64        size,
               PwDestination *destination)
{
  PwUpload *self = g_object_new (PW_TYPE_UPLOAD, NULL);

  self->id = g_strdup (id);
  self->path = g_strdup (path);
  self->name = g_filename_display_basename (path);
  self->key = g_strdup (key);
  self->size = size;
  self->destination = g_object_ref (destination);
  self->if_exists = destination->if_exists;
  self->added = g_get_real_time () / G_USEC_PER_SEC;
  return self;
}

void
pw_upload_set_order (PwUpload    *self,
                     PwAuthority *authority,
                     const char  *journals)
{
  g_return_if_fail (self->order == NULL);

  self->order = pw_order_new (self->id, self->path, self->key, self->destination, authority,
                              journals);
  self->order->may_have_journal = self->was_begun;
}

/* Where there is no bucket, nothing can have been left in it. */
static gboolean
may_have_parts (PwUpload *self)
{
  if (g_error_matches (self->error, PW_ERROR, PW_ERROR_NO_SUCH_BUCKET)
      || g_error_matches (self->error, PW_ERROR, PW_ERROR_DESTINATION))
    return FALSE;
  return self->order ? self->order->may_have_journal : self->was_begun;
}

static void
move_key (PwUpload      *self,
          PwDestination *destination)
{
  g_autofree char *before = pw_destination_dup_key (self->destination, "");
  char *key;

  if (!g_str_has_prefix (self->key, before))
    return;
  key = pw_destination_dup_key (destination, self->key + strlen (before));
  g_free (self->key);
  self->key = key;
}

/* What it holds open is a worker's to close. */
static void
leave_order (PwUpload *self)
{
  if (self->closing || !pw_order_is_open (self->order)) {
    g_clear_pointer (&self->order, pw_order_unref);
    return;
  }
  g_assert (self->leaving == NULL);
  self->leaving = g_steal_pointer (&self->order);
}

gboolean
pw_upload_set_destination (PwUpload      *self,
                           PwDestination *destination)
{
  if ((self->state != PW_UPLOAD_PAUSED && self->state != PW_UPLOAD_FAILED) || self->out->len > 0)
    return FALSE;
  if (may_have_parts (self) && !pw_destination_is_same_place (self->destination, destination))
    return FALSE;

  if (!may_have_parts (self))
    move_key (self, destination);
  if (self->order) {
    self->was_begun = self->order->may_have_journal;
    leave_order (self);
  }
  self->is_begun = FALSE;
  g_set_object (&self->destination, destination);
  return TRUE;
}

void
pw_upload_restore (PwUpload      *self,
                   PwUploadState  state,
                   const GError  *error,
                   const char    *verification,
                   const char    *etag)
{
  g_return_if_fail (self->order == NULL);

  self->state = state;
  pw_upload_set_error (self, error);
  self->verification = g_strdup (verification);
  self->etag = g_strdup (etag);
  if (state == PW_UPLOAD_DONE)
    self->schedule.safe = self->size;
}

void
pw_upload_set_asked (PwUpload *self,
                     gboolean  is_asked)
{
  if (self->is_asked == is_asked)
    return;
  self->is_asked = is_asked;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ASKED]);
}

void
pw_upload_set_known_safe (PwUpload *self,
                          guint64   bytes)
{
  if (pw_upload_is_over (self) || (self->order && self->order->states))
    return;
  self->known_safe = MIN (bytes, self->size);
  g_signal_emit (self, signals[PROGRESS], 0);
}

/* What others read. */

const char *
pw_upload_state_get_id (PwUploadState state)
{
  g_return_val_if_fail (state < PW_N_UPLOAD_STATES, NULL);
  return state_ids[state];
}

PwUploadState
pw_upload_state_from_id (const char *id)
{
  for (guint i = 0; i < PW_N_UPLOAD_STATES; i++) {
    if (g_strcmp0 (state_ids[i], id) == 0)
      return i;
  }
  return PW_UPLOAD_WAITING;
}

guint64
pw_upload_get_in_flight (PwUpload *self)
{
  guint64 bytes = 0;

  for (guint i = 0; i < self->out->len; i++) {
    PwJob *job = g_ptr_array_index (self->out, i);

    bytes += (gsize) g_atomic_pointer_get (&job->transfer.n_sent);
  }
  return bytes;
}

guint64
pw_upload_get_safe (PwUpload *self)
{
  return MAX (self->schedule.safe, MAX (self->resumed, self->known_safe));
}

guint64
pw_upload_get_sent (PwUpload *self)
{
  return MIN (self->schedule.safe + pw_upload_get_in_flight (self), self->size);
}

GArray *
pw_upload_get_flights (PwUpload *self)
{
  GArray *flights = g_array_new (FALSE, FALSE, sizeof (PwFlight));

  for (guint i = 0; i < self->out->len; i++) {
    PwJob *job = g_ptr_array_index (self->out, i);
    PwFlight flight = {
      .part_number = job->part_number,
      .attempt = job->attempt,
      .sent = (gsize) g_atomic_pointer_get (&job->transfer.n_sent),
      .connection = (guint) g_atomic_int_get (&job->connection),
    };
    gboolean is_part = job->kind == PW_JOB_PART;

    if (is_part)
      flight.size = s3_plan_get_length (&self->order->plan, job->part_number);
    else
      flight.size = self->size;
    if (flight.sent > 0 || (is_part && flight.connection > 0))
      g_array_append_val (flights, flight);
  }
  return flights;
}

gboolean
pw_upload_is_active (PwUpload *self)
{
  return self->out->len > 0 || self->state == PW_UPLOAD_PREPARING
         || self->state == PW_UPLOAD_SENDING || self->state == PW_UPLOAD_FINISHING
         || (self->state == PW_UPLOAD_ABORTING && !self->is_resting);
}

gboolean
pw_upload_is_troubled (PwUpload *self)
{
  return self->state == PW_UPLOAD_PAUSED && pw_error_is_transient (self->error);
}

gboolean
pw_upload_is_over (PwUpload *self)
{
  return self->state == PW_UPLOAD_DONE || self->state == PW_UPLOAD_SKIPPED
         || self->state == PW_UPLOAD_REMOVED;
}
