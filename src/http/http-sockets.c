/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-sockets.h"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct _HttpSockets {
  GArray *fds;                  /* int: all that are open */
  int used;                     /* -1 = none, or not known */
  gboolean has_large_writes;
};

static int
get_local_port (int fd)
{
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } address = { 0 };
  socklen_t size = sizeof address;

  if (getsockname (fd, &address.any, &size) != 0)
    return -1;
  if (address.any.sa_family == AF_INET)
    return ntohs (address.v4.sin_port);
  if (address.any.sa_family == AF_INET6)
    return ntohs (address.v6.sin6_port);
  return -1;
}

static gboolean
is_loopback (const struct sockaddr *address)
{
  if (address->sa_family == AF_INET)
    return ntohl (((const struct sockaddr_in *) address)->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
  return address->sa_family == AF_INET6
         && IN6_IS_ADDR_LOOPBACK (&((const struct sockaddr_in6 *) address)->sin6_addr);
}

static curl_socket_t
open_cb (void                 *data,
         curlsocktype          purpose,
         struct curl_sockaddr *to)
{
  HttpSockets *self = data;
  int fd = socket (to->family, to->socktype | SOCK_CLOEXEC, to->protocol);

  /* A system that paces what it sends (bbr) also paces this way, which leads nowhere, at twice the
   * processor time. Every kernel has the older control, and lets everybody choose it. The small
   * writes of TLS are better off paced: they gather meanwhile. */
  if (fd >= 0 && self->has_large_writes && to->socktype == SOCK_STREAM && is_loopback (&to->addr))
    (void) setsockopt (fd, IPPROTO_TCP, TCP_CONGESTION, "reno", sizeof "reno" - 1);
  return fd < 0 ? CURL_SOCKET_BAD : fd;
}

static int
opened_cb (void          *data,
           curl_socket_t  fd,
           curlsocktype   purpose)
{
  HttpSockets *self = data;

  g_array_append_val (self->fds, fd);
  return CURL_SOCKOPT_OK;
}

static int
close_cb (void          *data,
          curl_socket_t  fd)
{
  HttpSockets *self = data;

  for (guint i = 0; i < self->fds->len; i++) {
    if (g_array_index (self->fds, int, i) == fd) {
      g_array_remove_index_fast (self->fds, i);
      break;
    }
  }
  if (self->used == fd)
    self->used = -1;
  return close (fd);
}

HttpSockets *
http_sockets_new (CURL *easy)
{
  HttpSockets *self = g_new0 (HttpSockets, 1);

  self->used = -1;
  self->fds = g_array_new (FALSE, FALSE, sizeof (int));
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETFUNCTION, open_cb);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETDATA, self);
  curl_easy_setopt (easy, CURLOPT_SOCKOPTFUNCTION, opened_cb);
  curl_easy_setopt (easy, CURLOPT_SOCKOPTDATA, self);
  curl_easy_setopt (easy, CURLOPT_CLOSESOCKETFUNCTION, close_cb);
  curl_easy_setopt (easy, CURLOPT_CLOSESOCKETDATA, self);
  return self;
}

void
http_sockets_free (HttpSockets *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->fds);
  g_free (self);
}

void
http_sockets_prepare (HttpSockets *self,
                      gboolean     has_large_writes)
{
  self->has_large_writes = has_large_writes;
}

void
http_sockets_use (HttpSockets *self,
                  int          local_port)
{
  self->used = -1;
  for (guint i = 0; local_port > 0 && i < self->fds->len; i++) {
    int fd = g_array_index (self->fds, int, i);

    /* Where there is one only, it need not be asked. */
    if (self->fds->len == 1 || get_local_port (fd) == local_port)
      self->used = fd;
  }
}

gboolean
http_sockets_has_input (HttpSockets *self)
{
  char byte;

  return self->used >= 0 && recv (self->used, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

guint
http_sockets_get_n_queued (HttpSockets *self)
{
  int n_queued = 0;

  if (self->used < 0 || ioctl (self->used, SIOCOUTQ, &n_queued) != 0)
    return 0;
  return (guint) MAX (n_queued, 0);
}
