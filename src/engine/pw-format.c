/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-format.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* The power of 1000 in which @size reads well once it is rounded: 999.7 MB is 1 GB. */
static guint64
get_unit (guint64 size)
{
  guint64 unit = 1;

  while (unit < G_GUINT64_CONSTANT (1000000000000000) && (double) size / (double) unit >= 999.5)
    unit *= 1000;
  return unit;
}

static char *
format_number (guint64 size, guint64 unit)
{
  double value = (double) size / (double) unit;

  if (unit > 1 && value < 9.95 && fabs (value - round (value)) >= 0.05)
    return g_strdup_printf ("%.1f", value);
  return g_strdup_printf ("%.0f", value);
}

/* "GB" in the user's language. */
static char *
format_unit (guint64 size, guint64 unit)
{
  return g_format_size_full (unit > 1 ? unit : size, G_FORMAT_SIZE_ONLY_UNIT);
}

char *
pw_format_size (guint64 size)
{
  guint64 unit = get_unit (size);
  g_autofree char *number = format_number (size, unit);
  g_autofree char *name = format_unit (size, unit);

  /* Translators: a number and its unit with a no-break space between: "3.2 GB" */
  return g_strdup_printf (C_("size", "%s\302\240%s"), number, name);
}

char *
pw_format_size_of (guint64 size, guint64 whole)
{
  guint64 unit = get_unit (whole);
  g_autofree char *last = pw_format_size (whole);
  g_autofree char *first = NULL;

  /* What is nothing yet in the whole's unit keeps its own. */
  if (size >= unit / 10)
    first = format_number (MIN (size, whole), unit);
  else
    first = size > 0 ? pw_format_size (size) : g_strdup ("0");
  /* Translators: "3.2 of 10 GB" */
  return g_strdup_printf (C_("size", "%s of %s"), first, last);
}

char *
pw_format_part_size (guint64 size)
{
  guint64 unit = 1;
  g_autofree char *number = NULL, *name = NULL;

  while (unit < G_GUINT64_CONSTANT (1) << 50 && size / unit >= 1024)
    unit *= 1024;
  number = format_number (size, unit);
  name = g_format_size_full (unit > 1 ? unit : size,
                             G_FORMAT_SIZE_IEC_UNITS | G_FORMAT_SIZE_ONLY_UNIT);
  return g_strdup_printf (C_("size", "%s\302\240%s"), number, name);
}

char *
pw_format_speed (guint64 bytes_per_second)
{
  g_autofree char *size = pw_format_size (bytes_per_second);

  /* Translators: a speed: "98 MB/s" */
  return g_strdup_printf (_("%s/s"), size);
}

static char *
format_seconds (gint64 seconds)
{
  return g_strdup_printf (dngettext (GETTEXT_PACKAGE, "%d second", "%d seconds", (gulong) seconds),
                          (int) seconds);
}

static char *
format_minutes (gint64 minutes)
{
  return g_strdup_printf (dngettext (GETTEXT_PACKAGE, "%d minute", "%d minutes", (gulong) minutes),
                          (int) minutes);
}

static char *
format_hours (gint64 hours)
{
  return g_strdup_printf (dngettext (GETTEXT_PACKAGE, "%d hour", "%d hours", (gulong) hours),
                          (int) hours);
}

static char *
format_days (gint64 days)
{
  return g_strdup_printf (dngettext (GETTEXT_PACKAGE, "%d day", "%d days", (gulong) days),
                          (int) MIN (days, G_MAXINT));
}

/* @minor is taken; NULL leaves @major alone. */
static char *
join (char *major, char *minor)
{
  g_autofree char *first = major;
  g_autofree char *second = minor;

  if (!second)
    return g_steal_pointer (&first);
  /* Translators: two units of time: "2 hours 5 minutes" */
  return g_strdup_printf (C_("duration", "%s %s"), first, second);
}

char *
pw_format_duration (gint64 seconds)
{
  gint64 minutes, hours;

  if (seconds < 0)
    return g_strdup (_("unknown"));
  if (seconds < 5)
    return g_strdup (_("a few seconds"));
  if (seconds < 53)
    return format_seconds ((seconds + 2) / 5 * 5);
  if (seconds < 90)
    return g_strdup (_("about a minute"));

  minutes = (seconds + MINUTE / 2) / MINUTE;
  if (minutes < 60)
    return format_minutes (minutes);
  minutes = (minutes + 2) / 5 * 5;
  if (minutes < DAY / MINUTE)
    return join (format_hours (minutes / 60),
                 minutes % 60 ? format_minutes (minutes % 60) : NULL);
  hours = (seconds + HOUR / 2) / HOUR;
  return join (format_days (hours / 24), hours % 24 ? format_hours (hours % 24) : NULL);
}
