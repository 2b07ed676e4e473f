/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-plan.h"

#include <glib/gi18n-lib.h>

/* In the largest unit that gives a whole number, so that it can be typed in again as it is read. */
static char *
size_to_text (guint64 size)
{
  static const struct {
    guint64 factor;
    const char *name;
  } units[] = { { S3_TIB, "TiB" }, { S3_GIB, "GiB" }, { S3_MIB, "MiB" }, { S3_KIB, "KiB" } };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
    if (size > 0 && size % units[i].factor == 0)
      return g_strdup_printf ("%" G_GUINT64_FORMAT " %s", size / units[i].factor, units[i].name);
  }

  return g_format_size_full (size, G_FORMAT_SIZE_IEC_UNITS);
}

static guint64
divide_up (guint64 a,
           guint64 b)
{
  return a / b + (a % b != 0);
}

/* The smallest size of whole MiB with which @size fits into the store's parts; the store's largest
 * part where that is no whole number of MiB and just suffices. */
static guint64
smallest_part_size (guint64         size,
                    const S3Limits *limits)
{
  guint64 needed = divide_up (divide_up (size, limits->max_parts), S3_MIB) * S3_MIB;

  return CLAMP (needed, limits->min_part_size, limits->max_part_size);
}

static gboolean
check_size (guint64          size,
            const S3Limits  *limits,
            GError         **error)
{
  guint64 max_size = limits->max_object_size;

  if (divide_up (size, limits->max_part_size) > limits->max_parts)
    max_size = MIN (max_size, limits->max_part_size * limits->max_parts);
  if (size <= max_size)
    return TRUE;

  g_autofree char *is = g_format_size_full (size, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *max = g_format_size_full (max_size, G_FORMAT_SIZE_IEC_UNITS);
  g_set_error (error, S3_PLAN_ERROR, S3_PLAN_ERROR_TOO_LARGE,
               _("This file is too large: it has %s, and the largest object of %s has %s. "
                 "Send it in several files."),
               is, _(limits->name), max);
  return FALSE;
}

static gboolean
check_part_size (guint64          part_size,
                 gboolean         allow_tiny,
                 const S3Limits  *limits,
                 GError         **error)
{
  g_autofree char *asked = size_to_text (part_size);

  if (part_size < limits->min_part_size && !allow_tiny) {
    g_autofree char *min = size_to_text (limits->min_part_size);
    g_set_error (error, S3_PLAN_ERROR, S3_PLAN_ERROR_PART_TOO_SMALL,
                 _("The part size must be at least %s: %s refuses parts of %s."),
                 min, _(limits->name), asked);
    return FALSE;
  }
  if (part_size > limits->max_part_size) {
    g_autofree char *max = size_to_text (limits->max_part_size);
    g_set_error (error, S3_PLAN_ERROR, S3_PLAN_ERROR_PART_TOO_LARGE,
                 _("The part size must be at most %s: %s refuses parts of %s."),
                 max, _(limits->name), asked);
    return FALSE;
  }

  return TRUE;
}

static gboolean
check_n_parts (guint64          size,
               guint64          part_size,
               const S3Limits  *limits,
               GError         **error)
{
  guint64 n_parts = divide_up (size, part_size);

  if (n_parts <= limits->max_parts)
    return TRUE;

  g_autofree char *asked = size_to_text (part_size);
  g_autofree char *needed = size_to_text (smallest_part_size (size, limits));
  g_autofree char *would_be = g_strdup_printf ("%" G_GUINT64_FORMAT, n_parts);
  g_set_error (error, S3_PLAN_ERROR, S3_PLAN_ERROR_TOO_MANY_PARTS,
               _("This file needs parts of at least %s: with %s there would be %s parts, and "
                 "%s takes at most %u."),
               needed, asked, would_be, _(limits->name), limits->max_parts);
  return FALSE;
}

gboolean
s3_plan_make (S3Plan          *plan,
              guint64          size,
              guint64          part_size,
              gboolean         allow_tiny,
              const S3Limits  *limits,
              GError         **error)
{
  g_return_val_if_fail (plan != NULL, FALSE);
  g_return_val_if_fail (limits != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_size (size, limits, error))
    return FALSE;

  if (part_size == 0) {
    part_size = MAX (limits->usual_part_size, smallest_part_size (size, limits));
  } else if (!check_part_size (part_size, allow_tiny, limits, error)
             || !check_n_parts (size, part_size, limits, error)) {
    return FALSE;
  }

  if (size <= MIN (part_size, limits->max_put_size)) {
    *plan = (S3Plan) { .size = size };
    return TRUE;
  }

  *plan = (S3Plan) {
    .size = size,
    .part_size = part_size,
    .n_parts = (guint) divide_up (size, part_size),
  };
  return TRUE;
}

guint64
s3_plan_get_offset (const S3Plan *plan,
                    guint         part_number)
{
  g_return_val_if_fail (plan != NULL, 0);
  g_return_val_if_fail (part_number >= 1 && part_number <= plan->n_parts, 0);

  return (guint64) (part_number - 1) * plan->part_size;
}

guint64
s3_plan_get_length (const S3Plan *plan,
                    guint         part_number)
{
  g_return_val_if_fail (plan != NULL, 0);
  g_return_val_if_fail (part_number >= 1 && part_number <= plan->n_parts, 0);

  return MIN (plan->part_size, plan->size - s3_plan_get_offset (plan, part_number));
}

GQuark
s3_plan_error_quark (void)
{
  return g_quark_from_static_string ("s3-plan-error-quark");
}
