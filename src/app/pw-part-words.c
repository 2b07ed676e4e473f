/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-part-words.h"

#include <glib/gi18n.h>

#include "engine/pw-format.h"

static const char *const tries[] = {
  N_("second try"), N_("third try"), N_("fourth try"), N_("fifth try"),
};

char *
pw_part_words_dup_try (guint attempt)
{
  if (attempt < 2)
    return NULL;
  if (attempt - 2 < G_N_ELEMENTS (tries))
    return g_strdup (_(tries[attempt - 2]));
  /* Translators: how often a part was tried: from "try 6" on. */
  return g_strdup_printf (_("try %u"), attempt);
}

char *
pw_part_words_dup_name (guint part_number)
{
  return part_number > 0 ? g_strdup_printf (_("Part %u"), part_number)
                         : g_strdup (_("The whole file"));
}

static const PwFlight *
find_flight (GArray *flights,
             guint   part_number)
{
  for (guint i = 0; i < flights->len; i++) {
    if (g_array_index (flights, PwFlight, i).part_number == part_number)
      return &g_array_index (flights, PwFlight, i);
  }
  return NULL;
}

static guint
count_tries (PwUpload *upload,
             guint     part_number)
{
  for (guint i = 0; i < upload->schedule.retries->len; i++) {
    const PwRetry *retry = &g_array_index (upload->schedule.retries, PwRetry, i);

    if (retry->part_number == part_number)
      return 1 + retry->attempts.n_transient + retry->attempts.n_throttled
             + retry->attempts.n_damaged;
  }
  return 0;
}

static const char *
get_signing (PwUpload *upload)
{
  return upload->order && upload->order->authority->is_presigned
         ? _("waiting for its address") : _("being signed");
}

/* What is told after "Part 691: ". @attempt: of what is on its way or waits for its next try. */
static char *
dup_state (PwLook          look,
           PwUpload       *upload,
           const PwFlight *flight)
{
  switch (look) {
  case PW_LOOK_SENDING:
    if (!flight || flight->size == 0)
      return g_strdup (_("on its way"));
    return g_strdup_printf (_("%d %%"), (int) (flight->sent * 100 / flight->size));
  case PW_LOOK_SIGNING:
    return g_strdup (get_signing (upload));
  case PW_LOOK_RETRYING:
    return g_strdup (_("failed, is tried again soon"));
  case PW_LOOK_SAFE:
    return g_strdup (_("safe"));
  case PW_LOOK_RESUMED:
    return g_strdup (_("safe from before"));
  case PW_LOOK_PROVED:
    return g_strdup (_("safe from before, verified again"));
  case PW_LOOK_WAITING:
  case PW_N_LOOKS:
  default:
    return g_strdup (_("waiting"));
  }
}

char *
pw_part_words_dup_part (const PwParts *parts,
                        PwUpload      *upload,
                        guint          part_number)
{
  g_autoptr (GArray) flights = NULL;
  g_autofree char *name = NULL, *state = NULL, *again = NULL;
  const PwFlight *flight;

  g_return_val_if_fail (part_number > 0 && part_number <= parts->plan.n_parts, NULL);

  flights = pw_upload_get_flights (upload);
  flight = find_flight (flights, part_number);
  name = pw_part_words_dup_name (part_number);
  state = dup_state (parts->looks[part_number - 1], upload, flight);
  again = pw_part_words_dup_try (flight ? flight->attempt : count_tries (upload, part_number));
  if (again)
    /* Translators: part, how it stands, how often it was tried: "Part 691: 62 %, second try". */
    return g_strdup_printf (_("%s: %s, %s"), name, state, again);
  /* Translators: part, and how it stands: "Part 691: 62 %". */
  return g_strdup_printf (_("%s: %s"), name, state);
}

char *
pw_part_words_dup_count (const PwParts *parts,
                         PwLook         look)
{
  guint n = parts->counts[look] + (look == PW_LOOK_SENDING ? parts->counts[PW_LOOK_SIGNING] : 0);

  if (n == 0)
    return NULL;
  switch (look) {
  case PW_LOOK_RESUMED:
    return g_strdup_printf (ngettext ("%'u resumed", "%'u resumed", n), n);
  case PW_LOOK_PROVED:
    return g_strdup_printf (ngettext ("%'u verified again", "%'u verified again", n), n);
  case PW_LOOK_SAFE:
    return g_strdup_printf (ngettext ("%'u safe", "%'u safe", n), n);
  case PW_LOOK_SENDING:
    return g_strdup_printf (ngettext ("%'u on its way", "%'u on their way", n), n);
  case PW_LOOK_RETRYING:
    return g_strdup_printf (ngettext ("%'u trying again", "%'u trying again", n), n);
  case PW_LOOK_WAITING:
    return g_strdup_printf (ngettext ("%'u waiting", "%'u waiting", n), n);
  case PW_LOOK_SIGNING:
  case PW_N_LOOKS:
  default:
    return NULL;
  }
}

char *
pw_part_words_dup_plan (const PwParts *parts)
{
  g_autofree char *size = pw_format_part_size (parts->plan.part_size);

  /* Translators: "1,128 parts of 80 MiB". */
  return g_strdup_printf (ngettext ("%'u part of %s", "%'u parts of %s", parts->plan.n_parts),
                          parts->plan.n_parts, size);
}
