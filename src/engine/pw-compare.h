/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-job.h"
#include "engine/pw-listed.h"

/* Which parts of an upload that is taken up again need not be sent: each is compared with what the
 * journal says and what the store lists, and read from the file where these do not suffice. Worker
 * threads; belongs to the job that resumes. */

typedef struct {
  PwJob *job;                   /* its order has the file, the plan and the journal */
  PwBench *bench;
  gboolean must_prove;          /* the file's marks differ: every part is read and compared */
  PwListed listed;
  guint n_read;                 /* parts that were read from the file */
} PwCompare;

/* The sum of part @n as it is in the file now. */
gboolean pw_compare_sum_part (PwCompare       *self,
                              guint            n,
                              S3ChecksumKind   kind,
                              S3Checksum      *checksum,
                              GError         **error);

/* Marks in the order which parts are safe, and writes to the journal what it did not know.
 * PW_ERROR_SOURCE_CHANGED: the store holds parts of another file, which is not to be followed. */
gboolean pw_compare_settle   (PwCompare       *self,
                              GError         **error);
