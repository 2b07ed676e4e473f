/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-caller.h"
#include "presign/presign-config.h"
#include "presign/presign-problem.h"
#include "s3/s3-options.h"

/* What a caller may touch. There is no state: the key itself says whose it is, by its prefix or by
 * the signed handle in it (presign-handle.h), and each call of an upload is held to that. Pure but
 * for the dice of new handles; any thread.
 *
 * Names and keys are UTF-8 without control characters and without empty, "." and ".." segments;
 * a key has at most 1,024 bytes. */

/* The key of a new object. NULL: @problem, 403. */
char    *presign_policy_dup_key    (const PresignConfig *config,
                                    const PresignCaller *caller,
                                    const char          *name,
                                    PresignProblem      *problem);

/* May @caller touch the object? FALSE: @problem, 403. */
gboolean presign_policy_check_key  (const PresignConfig *config,
                                    const PresignCaller *caller,
                                    const char          *key,
                                    PresignProblem      *problem);

/* What the keys of this caller begin with, and then @rest. NULL: @problem, 403. Under
 * UNIQUE_PREFIX others' keys begin so, too: presign_policy_check_key() tells. */
char    *presign_policy_dup_prefix (const PresignConfig *config,
                                    const PresignCaller *caller,
                                    const char          *rest,
                                    PresignProblem      *problem);

/* What every new object gets, over what was asked for. */
void     presign_policy_force      (const PresignConfig *config,
                                    S3ObjectOptions     *options);
