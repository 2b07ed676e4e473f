/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-body.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE (256 * 1024)

static void
flush (StoreBody *self)
{
  gsize done = 0;

  store_sums_update (self->summer, self->buffer, self->fill);
  while (done < self->fill && !self->is_broken) {
    gssize n = write (self->fd, self->buffer + done, self->fill - done);

    if (n < 0)
      self->is_broken = TRUE;
    else
      done += (gsize) n;
  }
  self->fill = 0;
}

StoreBody *
store_body_new (const StoreRequest *request,
                guint kinds)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (request->message);
  const StoreAction *flip = store_request_get_action (request, STORE_ACTION_FLIP_BIT);
  goffset length = soup_message_headers_get_content_length (headers);
  char *path;
  int fd = store_disk_open_temp (request->store->root, &path);

  if (fd < 0)
    return NULL;
  StoreBody *self = g_new0 (StoreBody, 1);
  self->fd = fd;
  self->path = path;
  self->buffer_size = (gsize) CLAMP (length, 1, BUFFER_SIZE);
  self->buffer = g_malloc (self->buffer_size);
  self->flip_at = flip != NULL ? (gint64) MIN (flip->size, (guint64) MAX (length - 1, 0)) : -1;
  self->summer = store_sums_new (kinds);
  return self;
}

void
store_body_free (StoreBody *self)
{
  close (self->fd);
  if (self->path != NULL)
    g_unlink (self->path);
  g_clear_pointer (&self->summer, store_sums_free);
  g_free (self->path);
  g_free (self->buffer);
  g_free (self);
}

void
store_body_write (StoreBody  *self,
                  const void *data,
                  gsize size)
{
  const guint8 *bytes = data;

  while (size > 0) {
    gsize n = MIN (size, self->buffer_size - self->fill);

    memcpy (self->buffer + self->fill, bytes, n);
    if (self->flip_at >= (gint64) self->size && self->flip_at < (gint64) (self->size + n))
      self->buffer[self->fill + (guint64) self->flip_at - self->size] ^= 0x10;
    self->fill += n;
    self->size += n;
    bytes += n;
    size -= n;
    if (self->fill == self->buffer_size)
      flush (self);
  }
}

gboolean
store_body_finish (StoreBody *self)
{
  flush (self);
  store_sums_finish (self->summer, self->sums);
  return !self->is_broken;
}
