/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-patience.h"

#define FIRST_WAIT_MS ((gint64) 30 * 1000)
#define MAX_WAIT_MS ((gint64) 10 * 60 * 1000)
#define SLEEP_US (20 * G_TIME_SPAN_SECOND)

gint64
pw_patience_next_wait_ms (PwPatience *self,
                          guint64     safe)
{
  gint64 wait_ms = FIRST_WAIT_MS;

  if (safe > self->safe)
    self->n_tries = 0;
  self->safe = safe;
  for (guint i = 0; i < self->n_tries && wait_ms < MAX_WAIT_MS; i++)
    wait_ms *= 2;
  self->n_tries++;
  return MIN (wait_ms, MAX_WAIT_MS);
}

gboolean
pw_patience_was_asleep (gint64 wall_before_us,
                        gint64 monotonic_before_us,
                        gint64 wall_us,
                        gint64 monotonic_us)
{
  return (wall_us - wall_before_us) - (monotonic_us - monotonic_before_us) > SLEEP_US;
}
