/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <curl/curl.h>
#include <glib.h>

/* The sockets that one libcurl handle has open, and what the kernel knows of the one in use.
 * libcurl names the socket of a transfer only when it is over, and the answers are needed before.
 *
 * Threads: belongs to one thread.
 */

typedef struct _HttpSockets HttpSockets;

/* Takes over @easy's socket callbacks for good. */
HttpSockets *http_sockets_new         (CURL        *easy);
/* Only after the connections made with that handle are closed. */
void         http_sockets_free        (HttpSockets *self);

/* Those that are opened from now on will be written to in large pieces, or else in TLS's of 16 KiB.
 * With large pieces a connection to this machine itself is not paced, whatever the system does. */
void         http_sockets_prepare    (HttpSockets *self,
                                      gboolean     has_large_writes);

/* The one bound to @local_port is in use from now on; 0 = none is. */
void         http_sockets_use         (HttpSockets *self,
                                       int          local_port);

/* Is there something to read, or to decrypt? FALSE if it cannot be told. */
gboolean     http_sockets_has_input   (HttpSockets *self);

/* Bytes sent that the other side has not acknowledged; 0 if it cannot be told. */
guint        http_sockets_get_n_queued (HttpSockets *self);
