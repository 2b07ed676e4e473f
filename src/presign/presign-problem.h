/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-replies.h"

#include <glib.h>

/* Why a request is not done: what each dialect then says in its own shape. A plain value; zero it
 * before use. Whoever sets one sets it once, but for faults. */
typedef struct {
  guint status;                 /* the truth, in dialects that tell it: 403; 0 = no problem */
  char *code;                   /* ours, or S3's: "AccessDenied", "NoSuchUpload" */
  char *message;                /* a sentence */
  const char *operation;        /* static: "ListParts" where S3 said it; NULL where we do */
  GString *faults;              /* of the body: as FastAPI lists them, without brackets; or NULL */
  char where[32];               /* of the next fault: "" or ",\"parts\",12" */
  gboolean retryable;
  guint retry_after_s;          /* 0 = not told */
} PresignProblem;

void presign_problem_clear (PresignProblem *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PresignProblem, presign_problem_clear)

/* These give FALSE, for returning. */
gboolean presign_problem_set       (PresignProblem  *self,
                                    guint            status,
                                    const char      *code,
                                    const char      *format,
                                    ...) G_GNUC_PRINTF (4, 5);
/* One more fault of the body: 422 InvalidRequest. @field: NULL = the body itself. @kind: pydantic's
 * name of it, "value_error.missing"; @message: "field required". */
gboolean presign_problem_add_fault (PresignProblem  *self,
                                    const char      *field,
                                    const char      *kind,
                                    const char      *message);
/* What S3 said to @operation. Where it is our own keys that S3 refuses, that is no fault of the
 * caller's: 502. */
gboolean presign_problem_set_s3    (PresignProblem  *self,
                                    const char      *operation,
                                    const S3Failure *failure);
/* No answer of S3's, or none that can be read; 502, or 504 where it did not come in time. */
gboolean presign_problem_set_error (PresignProblem  *self,
                                    const char      *operation,
                                    const GError    *error);
