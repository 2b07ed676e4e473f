/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

PresignWire *
presign_wire_new (void)
{
  PresignWire *wire = g_rc_box_new0 (PresignWire);

  wire->fd = -1;
  wire->held = g_byte_array_new ();
  return wire;
}

void
presign_wire_close (PresignWire *wire)
{
  if (wire->fd >= 0) {
    presign_poll_remove (wire->poll, wire->fd);
    close (wire->fd);
    wire->fd = -1;
  }
}

static void
wire_clear (gpointer data)
{
  PresignWire *wire = data;

  presign_wire_close (wire);
  g_byte_array_unref (wire->held);
  g_clear_object (&wire->base);
}

void
presign_wire_unref (PresignWire *wire)
{
  g_rc_box_release_full (wire, wire_clear);
}

gssize
presign_wire_receive (PresignWire *wire,
                      void  *buffer,
                      gsize  size)
{
  gssize n_read;

  if (wire->fd < 0 || wire->is_over || !wire->ready.readable) {
    errno = wire->fd < 0 ? EBADF : EAGAIN;
    return -1;
  }
  do {
    n_read = recv (wire->fd, buffer, size, MSG_DONTWAIT);
  } while (n_read < 0 && errno == EINTR);
  if (!wire->ready.has_end && (n_read < 0 ? errno == EAGAIN : (gsize) n_read < size)) {
    wire->ready.readable = FALSE;
  }
  wire->has_input |= n_read > 0;
  return n_read;
}

gboolean
presign_wire_ends (PresignWire *wire,
                   gssize    n_read,
                   gboolean  would_block)
{
  if (!wire->is_resting || n_read > 0 || would_block) {
    return FALSE;
  }
  wire->ready.readable = FALSE;
  if (!wire->is_over) {
    wire->is_over = TRUE;
    if (wire->end) {
      wire->end (wire->end_data);
    }
  }
  return TRUE;
}

gssize
presign_wire_send (PresignWire *wire,
                   const void *buffer,
                   gsize       size)
{
  struct iovec parts[] = {
    { wire->held->data, wire->held->len },
    { (void *) buffer, size },
  };
  struct msghdr message = { .msg_iov = parts, .msg_iovlen = G_N_ELEMENTS (parts) };
  gsize n_held = wire->held->len;
  gssize n_sent;

  if (wire->fd < 0) {
    errno = EBADF;
    return -1;
  }
  do {
    n_sent = sendmsg (wire->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (n_sent < 0 && errno == EINTR);
  if (n_sent < 0 ? errno == EAGAIN : (gsize) n_sent < n_held + size) {
    wire->ready.writable = FALSE;
  }
  if (n_sent < 0) {
    return -1;
  }
  g_byte_array_remove_range (wire->held, 0, MIN ((guint) n_sent, (guint) n_held));
  if ((gsize) n_sent <= n_held && size > 0) {
    errno = EAGAIN;
    return -1;
  }
  return n_sent - (gssize) n_held;
}
