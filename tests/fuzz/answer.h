/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "http/http-message.h"

/* An answer as text: the status, header lines, an empty line, the body. NULL: not even a status. */
HttpResponse *fuzz_answer_new (const guint8 *data, gsize size);
