/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-fact-words.h"

#include <glib/gi18n.h>

#include "engine/pw-format.h"

static const char *const titles[PW_N_FACTS] = {
  [PW_FACT_FILE] = N_("File"),
  [PW_FACT_DESTINATION] = N_("Destination"),
  /* Translators: the name of an object at the store. */
  [PW_FACT_KEY] = N_("Object Key"),
  [PW_FACT_SIZE] = N_("Size"),
  [PW_FACT_PART_SIZE] = N_("Part Size"),
  [PW_FACT_STARTED] = N_("Started"),
  [PW_FACT_FINISHED] = N_("Finished"),
  [PW_FACT_VERIFIED] = N_("Verified By"),
  [PW_FACT_AGAIN] = N_("Sent Again"),
  [PW_FACT_RESUMED] = N_("Resumed"),
  [PW_FACT_UPLOAD_ID] = N_("Upload ID"),
  [PW_FACT_ETAG] = N_("ETag"),
  [PW_FACT_PEER] = N_("Server Address"),
  [PW_FACT_REQUEST_ID] = N_("Request ID of the Last Error"),
};

static char *
dup_text (const char *text)
{
  return text && *text ? g_strdup (text) : NULL;
}

static char *
dup_destination (PwUpload *upload)
{
  g_autofree char *uri = pw_destination_dup_uri (upload->destination);

  if (!upload->destination->name || !*upload->destination->name
      || g_strcmp0 (upload->destination->name, uri) == 0)
    return g_steal_pointer (&uri);
  /* Translators: the name of a destination, and its address. */
  return g_strdup_printf (_("%s — %s"), upload->destination->name, uri);
}

static char *
dup_size (guint64 size)
{
  g_autofree char *rounded = pw_format_size (size);
  g_autofree char *exact = NULL;

  if (size < 1000)
    return g_steal_pointer (&rounded);
  exact = g_strdup_printf ("%'" G_GUINT64_FORMAT, size);
  /* Translators: a size, and the same as a number of bytes. */
  return g_strdup_printf (_("%s (%s bytes)"), rounded, exact);
}

static char *
dup_date (gint64 when)
{
  g_autoptr (GDateTime) date = when > 0 ? g_date_time_new_from_unix_local (when) : NULL;

  /* Translators: date and time, as strftime() writes them. */
  return date ? g_date_time_format (date, _("%e %B %Y, %H:%M:%S")) : NULL;
}

static char *
dup_again (guint n)
{
  return n > 0 ? g_strdup_printf (ngettext ("%'u part", "%'u parts", n), n) : NULL;
}

static char *
dup_resumed (guint n)
{
  return n > 0 ? g_strdup_printf (ngettext ("%'u time", "%'u times", n), n) : NULL;
}

const char *
pw_fact_words_get_title (PwFact fact)
{
  g_return_val_if_fail (fact < PW_N_FACTS, NULL);
  return _(titles[fact]);
}

char *
pw_fact_words_dup_value (PwFact         fact,
                         PwUpload      *upload,
                         const PwParts *parts)
{
  switch (fact) {
  case PW_FACT_FILE:
    return g_filename_display_name (upload->path);
  case PW_FACT_DESTINATION:
    return dup_destination (upload);
  case PW_FACT_KEY:
    return dup_text (upload->key);
  case PW_FACT_SIZE:
    return dup_size (upload->size);
  case PW_FACT_PART_SIZE:
    return parts->plan.n_parts > 0 ? pw_format_part_size (parts->plan.part_size) : NULL;
  case PW_FACT_STARTED:
    return dup_date (upload->added);
  case PW_FACT_FINISHED:
    return dup_date (upload->finished);
  case PW_FACT_VERIFIED:
    return dup_text (upload->verification);
  case PW_FACT_AGAIN:
    return dup_again (upload->n_again);
  case PW_FACT_RESUMED:
    return dup_resumed (parts->n_resumed);
  case PW_FACT_UPLOAD_ID:
    return dup_text (parts->upload_id);
  case PW_FACT_ETAG:
    return dup_text (upload->etag);
  case PW_FACT_PEER:
    return dup_text (upload->peer);
  case PW_FACT_REQUEST_ID:
    return dup_text (upload->request_id);
  case PW_N_FACTS:
  default:
    return NULL;
  }
}
