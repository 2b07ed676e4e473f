/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "aws/aws-error.h"

G_DEFINE_QUARK (aws-error-quark, aws_error)
