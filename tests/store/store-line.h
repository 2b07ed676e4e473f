/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-request.h"

/* What is done to a request's connection. The request must not be used after one of the first
 * three: its message no longer has a connection, and ends. */

typedef enum {
  STORE_LINE_RESET,             /* RST */
  STORE_LINE_CLOSE,             /* an orderly end */
  STORE_LINE_HOLD,              /* stays open, and is never read or answered */
} StoreLineEnd;

/* Takes the connection away; happens from the main loop, soon. */
void store_line_end (StoreRequest *request,
                     StoreLineEnd end);
/* The same after the first @size bytes of @bytes were written. Takes @bytes. */
void store_line_end_after (StoreRequest *request,
                           GBytes       *bytes,
                           gsize size);
/* Nothing is read from or written to the connection for that long. */
void store_line_wait (StoreRequest *request,
                      guint wait_ms);
/* Closes the kept-alive connection that long after the answer has left. */
void store_line_close_later (StoreRequest *request,
                             guint wait_ms);
