/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* What can go wrong while credentials are looked for where AWS's own tools keep them. Each message
 * is a translated sentence that says what to do, and holds no secret. */

#define AWS_ERROR (aws_error_quark ())

typedef enum {
  AWS_ERROR_MISSING,            /* there are none, or they cannot be read */
} AwsError;

GQuark aws_error_quark (void);
