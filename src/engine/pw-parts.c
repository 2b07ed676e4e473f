/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-parts.h"

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
  for (guint look = 0; look < PW_N_LOOKS; look++)
    self->counts[look] = 0;
  for (guint i = 0; i < self->plan.n_parts; i++)
    self->counts[self->looks[i]]++;
  return TRUE;
}
