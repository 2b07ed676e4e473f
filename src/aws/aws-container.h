/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "s3/s3-sign.h"

/* The credentials that a container is given over HTTP on ECS, EKS and Greengrass (AWS SDKs and
 * Tools Reference Guide, "Container credential provider"). Blocks; any thread but the main one.
 *
 * Of the environment count AWS_CONTAINER_CREDENTIALS_RELATIVE_URI (a path at 169.254.170.2),
 * AWS_CONTAINER_CREDENTIALS_FULL_URI (https; or http to this machine and to the two addresses that
 * AWS uses for it), AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE and AWS_CONTAINER_AUTHORIZATION_TOKEN.
 * The token never goes anywhere else, and never into a message.
 *
 * @expires: Unix seconds, 0 = never. Errors: AWS_ERROR_MISSING. */

gboolean       aws_container_is_named (char   **envp);
S3Credentials *aws_container_ask      (char   **envp,
                                       gint64  *expires,
                                       GError **error);
