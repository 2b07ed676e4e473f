/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-limits.h"

/* Cuts a file into parts: pure arithmetic. All parts but the last are of one size (some stores
 * demand it, and it makes part n's place a multiplication). Part numbers start at 1. */

#define S3_PLAN_ERROR (s3_plan_error_quark ())

typedef enum {
  S3_PLAN_ERROR_TOO_LARGE,      /* the file is larger than the store's largest object */
  S3_PLAN_ERROR_PART_TOO_SMALL, /* the part size asked for is below the store's minimum */
  S3_PLAN_ERROR_PART_TOO_LARGE,
  S3_PLAN_ERROR_TOO_MANY_PARTS, /* the part size asked for would need more parts than allowed */
} S3PlanError;

typedef struct {
  guint64 size;                 /* of the file */
  guint64 part_size;            /* of every part but the last; 0 for one PutObject */
  guint n_parts;                /* 0 when the file goes as one PutObject */
} S3Plan;

/* @part_size: 0 = the store's usual size, or the smallest multiple of 1 MiB above it with which the
 * file fits into max_parts. @allow_tiny: accept an asked part size below the store's minimum.
 * A file of at most one usual part goes as one PutObject (of at most one asked part, if asked). */
gboolean s3_plan_make (S3Plan         *plan,
                       guint64         size,
                       guint64         part_size,
                       gboolean        allow_tiny,
                       const S3Limits *limits,
                       GError        **error);

/* @part_number: 1 to n_parts; a plan of one PutObject has no parts. */
guint64 s3_plan_get_offset (const S3Plan *plan, guint part_number);
guint64 s3_plan_get_length (const S3Plan *plan, guint part_number);

GQuark s3_plan_error_quark (void);
