/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-config.h"
#include "s3/s3-sign.h"

/* Where the store's keys come from, as the settings say: the environment, a container's service, or
 * ~/.aws. Blocks: files, a command, or a question to a service of this machine. Any thread. */

/* @expires: Unix seconds, 0 = never. Errors: sentences of PRESIGN_CONFIG_ERROR or AWS_ERROR,
 * without secrets. */
S3Credentials *presign_keys_read (const PresignConfig  *config,
                                  char                **envp,
                                  gint64               *expires,
                                  GError              **error);
