/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-dialect.h"

/* Which dialect a backend speaks, by what it answers to a few harmless questions: v2's
 * capabilities, Companion's form parameters, FastAPI's root. Blocks. */

/* @authority: asks PW_OP_FIND. @kind: AUTO asks for all that can be told apart; another one is
 * taken at its word (but v2 is asked what it can). @facts gets what there is to know.
 * Errors: PW_ERROR, with exchange->verdict; PW_ERROR_PRESIGN: none of those that are known. */
const PwDialect *pw_dialect_find (PwAuthority     *authority,
                                  PwExchange      *exchange,
                                  PwDialectKind    kind,
                                  PwDialectFacts  *facts,
                                  GError         **error);

/* What v2's capabilities say. FALSE: the answer is none. */
gboolean         pw_dialect_read_capabilities (const HttpResponse *response,
                                               PwDialectFacts     *facts);
