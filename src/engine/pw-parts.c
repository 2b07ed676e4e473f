/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-parts.h"

#include "engine/pw-journal-file.h"

typedef struct {
  char *journals;
  char *id;
} Reading;

typedef struct {
  PwParts parts;
  guint64 safe;
} Found;

void
pw_parts_clear (PwParts *self)
{
  g_free (self->looks);
  g_free (self->upload_id);
  *self = (PwParts) { 0 };
}

static gboolean
may_look (PwUpload *upload)
{
  if (!upload->order || !upload->order->states)
    return FALSE;
  for (guint i = 0; i < upload->out->len; i++) {
    const PwJob *job = g_ptr_array_index (upload->out, i);

    if (job->kind != PW_JOB_PART)
      return FALSE;
  }
  return TRUE;
}

static PwLook
look_of (guint8 state)
{
  switch ((PwPartState) state) {
  case PW_PART_RETRYING:
    return PW_LOOK_RETRYING;
  case PW_PART_SAFE:
    return PW_LOOK_SAFE;
  case PW_PART_RESUMED:
    return PW_LOOK_RESUMED;
  case PW_PART_PROVED:
    return PW_LOOK_PROVED;
  /* A job may lie in the queue for a while: that is for the flights to tell. */
  case PW_PART_SENDING:
  case PW_PART_WAITING:
  default:
    return PW_LOOK_WAITING;
  }
}

static void
copy (PwParts       *self,
      const PwOrder *order)
{
  if (self->plan.n_parts != order->plan.n_parts || !self->looks) {
    g_free (self->looks);
    self->looks = g_new0 (guint8, order->plan.n_parts);
  }
  self->plan = order->plan;
  for (guint i = 0; i < order->plan.n_parts; i++)
    self->looks[i] = look_of (order->states[i]);
  if (g_strcmp0 (self->upload_id, order->upload_id) != 0) {
    g_free (self->upload_id);
    self->upload_id = g_strdup (order->upload_id);
  }
  self->n_resumed = order->n_resumed;
}

static void
count (PwParts *self)
{
  for (guint look = 0; look < PW_N_LOOKS; look++)
    self->counts[look] = 0;
  for (guint i = 0; i < self->plan.n_parts; i++)
    self->counts[self->looks[i]]++;
}

gboolean
pw_parts_look (PwParts  *self,
               PwUpload *upload)
{
  g_autoptr (GArray) flights = NULL;

  if (!may_look (upload))
    return FALSE;
  copy (self, upload->order);
  flights = pw_upload_get_flights (upload);
  for (guint i = 0; i < flights->len; i++) {
    const PwFlight *flight = &g_array_index (flights, PwFlight, i);

    self->looks[flight->part_number - 1] = flight->sent > 0 ? PW_LOOK_SENDING : PW_LOOK_SIGNING;
  }
  count (self);
  return TRUE;
}

/* From the journal. */

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_free (reading->journals);
  g_free (reading->id);
  g_free (reading);
}

static void
found_free (gpointer data)
{
  Found *found = data;

  pw_parts_clear (&found->parts);
  g_free (found);
}

static Found *
found_new (PwJournalState *state)
{
  Found *found = g_new0 (Found, 1);
  const S3Plan *plan = &state->intent.plan;

  found->parts.plan = *plan;
  found->parts.looks = g_new0 (guint8, plan->n_parts);
  found->parts.upload_id = g_steal_pointer (&state->upload_id);
  found->parts.n_resumed = state->n_resumed;
  for (guint i = 0; i < plan->n_parts; i++) {
    if (!state->parts[i].is_safe)
      continue;
    found->parts.looks[i] = PW_LOOK_RESUMED;
    found->safe += s3_plan_get_length (plan, i + 1);
  }
  count (&found->parts);
  return found;
}

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  const Reading *reading = data;
  PwJournalState state = { 0 };
  Found *found = NULL;

  if (pw_journal_file_peek (reading->journals, reading->id, &state) && state.has_intent)
    found = found_new (&state);
  pw_journal_state_clear (&state);
  g_task_return_pointer (task, found, found_free);
}

void
pw_parts_read_async (const char          *journals,
                     PwUpload            *upload,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  reading->journals = g_strdup (journals);
  reading->id = g_strdup (upload->id);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_thread);
}

gboolean
pw_parts_read_finish (PwParts      *self,
                      guint64      *safe,
                      GAsyncResult *result)
{
  Found *found = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!found)
    return FALSE;
  pw_parts_clear (self);
  *self = found->parts;
  *safe = found->safe;
  g_free (found);
  return TRUE;
}
