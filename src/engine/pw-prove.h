/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-order.h"

/* What a finished object is held against: the parts that were sent. Pure. */

/* The sum of the whole object from those of its parts; NULL where the kind cannot be combined. */
const S3Checksum *pw_combine_parts (PwOrder             *order,
                                    S3Checksum          *whole);

/* Holds what the store says of the finished object against what was sent, and says in
 * order->verification what was proved. @reply: Complete's, or NULL; @head: HEAD's, or NULL where it
 * may not be asked for. One of them is there. FALSE: PW_ERROR_WRONG_OBJECT. */
gboolean          pw_prove_object  (PwOrder             *order,
                                    const S3ObjectReply *reply,
                                    const S3ObjectReply *head,
                                    GError             **error);

/* Without a checksum or an ETag that follows the rule, an object of the right size could still
 * be an older one: it counts only if it was written after this upload began, from as many parts. */
gboolean          pw_is_ours       (PwOrder             *order,
                                    const S3ObjectReply *head);
