/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* A look at JSON that others sent, before json-glib reads it. json-glib recurses as deep as the
 * text does, reads several values one after another and loses the memory of all but the last, and
 * takes comments and 'texts' that hide brackets from whoever counts them. Pure; any thread. */

/* TRUE: one value and nothing behind it, no deeper than @depth brackets, no NUL (escaped neither),
 * and outside of "texts" no character that JSON (RFC 8259) does not know. It may still be no JSON:
 * that is the parser's to say. */
gboolean http_json_is_fit (const char *text,
                           gsize       length,
                           guint       depth);
