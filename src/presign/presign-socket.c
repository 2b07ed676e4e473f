/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024

static int
fail (int          fd,
      const char  *address,
      guint        port,
      GError     **error)
{
  int code = errno;

  if (fd >= 0) {
    close (fd);
  }
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               "Cannot listen on %s, port %u: %s.", address, port, g_strerror (code));
  return -1;
}

static guint
get_port (int fd)
{
  struct sockaddr_storage name;
  socklen_t size = sizeof name;
  g_autoptr (GSocketAddress) address = NULL;

  if (getsockname (fd, (struct sockaddr *) &name, &size) != 0) {
    return 0;
  }
  address = g_socket_address_new_from_native (&name, size);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

int
presign_socket_listen (const char  *address,
                       guint        port,
                       guint       *chosen,
                       GError     **error)
{
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string (address, port);
  struct sockaddr_storage name;
  socklen_t size;
  int on = 1, fd;

  if (!wanted || !g_socket_address_to_native (wanted, &name, sizeof name, NULL)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "“%s” is no address to listen on; 127.0.0.1 is one.", address);
    return -1;
  }
  fd = socket (name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    return fail (fd, address, port, error);
  }
  size = (socklen_t) g_socket_address_get_native_size (wanted);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);    /* accepted sockets have it, too */
  if (bind (fd, (struct sockaddr *) &name, size) != 0 ||
      listen (fd, BACKLOG) != 0) {
    return fail (fd, address, port, error);
  }
  *chosen = get_port (fd);
  return fd;
}

gboolean
presign_socket_get_ends (int              fd,
                         GSocketAddress **local,
                         GSocketAddress **peer)
{
  struct sockaddr_storage here, there;
  socklen_t here_size = sizeof here, there_size = sizeof there;

  if (getsockname (fd, (struct sockaddr *) &here, &here_size) != 0 ||
      getpeername (fd, (struct sockaddr *) &there, &there_size) != 0) {
    return FALSE;
  }
  *local = g_socket_address_new_from_native (&here, here_size);
  *peer = g_socket_address_new_from_native (&there, there_size);
  return TRUE;
}
