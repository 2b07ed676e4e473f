/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

/* Sockets that listen, and what they accepted. Any thread. */

/* A TCP socket that listens on @address ("127.0.0.1", "::") and does not block; -1: @error.
 * @port: 0 = the kernel's choice; @chosen: which it is. Connections get TCP_NODELAY. */
int      presign_socket_listen   (const char      *address,
                                  guint            port,
                                  guint           *chosen,
                                  GError         **error);
/* FALSE: the connection is not there any more. */
gboolean presign_socket_get_ends (int              fd,
                                  GSocketAddress **local,
                                  GSocketAddress **peer);
