/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-job.h"

/* Sends one part: read → sum → sign → send → judge → journal. Worker threads.
 *
 * OK: the store answered 200, its answer agrees with our sum, the file is still the one that the
 * upload began with, and the journal has the part's line. */
void pw_send_part (PwJob   *job,
                   PwBench *bench);

/* Sends a whole file that has no parts as one PutObject, sum and proof included; the order's source
 * is open. DONE, or why not. */
void pw_send_object (PwJob   *job,
                     PwBench *bench);

/* Whether the object at the order's key is this very file without parts: a PutObject whose end is
 * not known may have arrived. TRUE: the order has its ETag, and how that was proved. */
gboolean pw_was_put (PwJob   *job,
                     PwBench *bench);

/* Reads the answer to a PUT. NULL with PW_ERROR_ANSWER and a verdict: nothing of S3's is in it, so
 * the bytes go again. */
S3ObjectReply *pw_read_answer (PwExchange          *exchange,
                               const HttpResponse  *response,
                               GError             **error);

/* Holds the answer to a PUT of @checksum's bytes against it. FALSE with PW_ERROR_DAMAGED: the
 * store has other bytes. *is_proved tells whether the answer said enough: its checksum, or an
 * ETag that is the MD5. @md5: of the same bytes, or NULL where it is not known. */
gboolean pw_check_answer (const S3ObjectReply *reply,
                          const S3Checksum    *checksum,
                          const S3Checksum    *md5,
                          gboolean            *is_proved,
                          GError             **error);
