/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-stream.h"

#include "presign/presign-wire.h"

#include <errno.h>

struct _PresignStream {
  GIOStream parent_instance;
  PresignWire *wire;
  GInputStream *input;
  GOutputStream *output;
};

typedef struct {
  GInputStream parent_instance;
  PresignWire *wire;
} PresignInput;
typedef GInputStreamClass PresignInputClass;

typedef struct {
  GOutputStream parent_instance;
  PresignWire *wire;
} PresignOutput;
typedef GOutputStreamClass PresignOutputClass;

static void presign_input_iface_init (GPollableInputStreamInterface *iface);
static void presign_output_iface_init (GPollableOutputStreamInterface *iface);
static GType presign_input_get_type (void);
static GType presign_output_get_type (void);

G_DEFINE_FINAL_TYPE (PresignStream, presign_stream, G_TYPE_IO_STREAM)
G_DEFINE_TYPE_WITH_CODE (PresignInput, presign_input, G_TYPE_INPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                presign_input_iface_init))
G_DEFINE_TYPE_WITH_CODE (PresignOutput, presign_output, G_TYPE_OUTPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                presign_output_iface_init))

static gssize
fail (int      code,
      GError **error)
{
  GIOErrorEnum kind = code == EAGAIN ? G_IO_ERROR_WOULD_BLOCK : g_io_error_from_errno (code);

  g_set_error_literal (error, G_IO_ERROR, kind, g_strerror (code));
  return -1;
}

static gssize
read_tls (PresignWire  *wire,
          void         *buffer,
          gsize         size,
          GError      **error)
{
  GInputStream *input = g_io_stream_get_input_stream (wire->base);
  g_autoptr (GError) local = NULL;
  gboolean would_block;
  gssize n_read;

  if (wire->is_over) {
    return fail (EAGAIN, error);
  }
  n_read = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), buffer,
                                                     size, NULL, &local);
  would_block = g_error_matches (local, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  if (presign_wire_ends (wire, n_read, would_block)) {
    return fail (EAGAIN, error);
  }
  wire->has_input |= n_read > 0;
  if (local) {
    g_propagate_error (error, g_steal_pointer (&local));
  }
  return n_read;
}

static gssize
presign_input_read_nonblocking (GPollableInputStream  *stream,
                                void                  *buffer,
                                gsize                  size,
                                GError               **error)
{
  PresignWire *wire = ((PresignInput *) stream)->wire;
  gssize n_read;

  if (wire->base) {
    return read_tls (wire, buffer, size, error);
  }
  n_read = presign_wire_receive (wire, buffer, size);
  if (presign_wire_ends (wire, n_read, n_read < 0 && errno == EAGAIN)) {
    errno = EAGAIN;
    n_read = -1;
  }
  return n_read < 0 ? fail (errno, error) : n_read;
}

static gboolean
presign_input_is_readable (GPollableInputStream *stream)
{
  PresignWire *wire = ((PresignInput *) stream)->wire;

  if (wire->base) {
    GInputStream *input = g_io_stream_get_input_stream (wire->base);

    return g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (input));
  }
  return wire->ready.readable;
}

static GSource *
presign_input_create_source (GPollableInputStream *stream,
                             GCancellable         *cancellable)
{
  PresignWire *wire = ((PresignInput *) stream)->wire;

  if (wire->base) {
    GInputStream *input = g_io_stream_get_input_stream (wire->base);
    g_autoptr (GSource) source =
      g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), cancellable);

    return g_pollable_source_new_full (stream, source, NULL);
  }
  return presign_poll_source_new (G_OBJECT (stream), &wire->ready.readable);
}

static gssize
presign_output_write_nonblocking (GPollableOutputStream  *stream,
                                  const void             *buffer,
                                  gsize                   size,
                                  GError                **error)
{
  PresignWire *wire = ((PresignOutput *) stream)->wire;
  gssize n_sent;

  if (wire->base) {
    GOutputStream *output = g_io_stream_get_output_stream (wire->base);

    return g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output), buffer,
                                                       size, NULL, error);
  }
  if (wire->is_holding) {
    wire->is_holding = FALSE;
    g_byte_array_append (wire->held, buffer, (guint) size);
    return (gssize) size;
  }
  n_sent = presign_wire_send (wire, buffer, size);
  return n_sent < 0 ? fail (errno, error) : n_sent;
}

static gboolean
presign_output_is_writable (GPollableOutputStream *stream)
{
  PresignWire *wire = ((PresignOutput *) stream)->wire;

  if (wire->base) {
    GOutputStream *output = g_io_stream_get_output_stream (wire->base);

    return g_pollable_output_stream_is_writable (G_POLLABLE_OUTPUT_STREAM (output));
  }
  return wire->ready.writable;
}

static GSource *
presign_output_create_source (GPollableOutputStream *stream,
                              GCancellable          *cancellable)
{
  PresignWire *wire = ((PresignOutput *) stream)->wire;

  if (wire->base) {
    GOutputStream *output = g_io_stream_get_output_stream (wire->base);
    g_autoptr (GSource) source =
      g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (output), cancellable);

    return g_pollable_source_new_full (stream, source, NULL);
  }
  return presign_poll_source_new (G_OBJECT (stream), &wire->ready.writable);
}

static void
presign_input_finalize (GObject *object)
{
  presign_wire_unref (((PresignInput *) object)->wire);
  G_OBJECT_CLASS (presign_input_parent_class)->finalize (object);
}

static void
presign_input_class_init (PresignInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = presign_input_finalize;
}

static void
presign_input_init (PresignInput *self)
{
}

static void
presign_input_iface_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = presign_input_is_readable;
  iface->create_source = presign_input_create_source;
  iface->read_nonblocking = presign_input_read_nonblocking;
}

static void
presign_output_finalize (GObject *object)
{
  presign_wire_unref (((PresignOutput *) object)->wire);
  G_OBJECT_CLASS (presign_output_parent_class)->finalize (object);
}

static void
presign_output_class_init (PresignOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = presign_output_finalize;
}

static void
presign_output_init (PresignOutput *self)
{
}

static void
presign_output_iface_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = presign_output_is_writable;
  iface->create_source = presign_output_create_source;
  iface->write_nonblocking = presign_output_write_nonblocking;
}

static GInputStream *
presign_stream_get_input_stream (GIOStream *stream)
{
  return PRESIGN_STREAM (stream)->input;
}

static GOutputStream *
presign_stream_get_output_stream (GIOStream *stream)
{
  return PRESIGN_STREAM (stream)->output;
}

/* Saying farewell under TLS may have to wait for the other side; nobody here does. */
static gboolean
presign_stream_close (GIOStream     *stream,
                      GCancellable  *cancellable,
                      GError       **error)
{
  PresignWire *wire = PRESIGN_STREAM (stream)->wire;

  if (wire->base) {
    g_io_stream_close_async (wire->base, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  }
  presign_wire_close (wire);
  return TRUE;
}

static void
presign_stream_finalize (GObject *object)
{
  PresignStream *self = PRESIGN_STREAM (object);

  g_clear_object (&self->input);
  g_clear_object (&self->output);
  presign_wire_unref (self->wire);
  G_OBJECT_CLASS (presign_stream_parent_class)->finalize (object);
}

static void
presign_stream_class_init (PresignStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = presign_stream_finalize;
  stream_class->get_input_stream = presign_stream_get_input_stream;
  stream_class->get_output_stream = presign_stream_get_output_stream;
  stream_class->close_fn = presign_stream_close;
}

static void
presign_stream_init (PresignStream *self)
{
  self->wire = presign_wire_new ();
  self->input = g_object_new (presign_input_get_type (), NULL);
  ((PresignInput *) self->input)->wire = g_rc_box_acquire (self->wire);
  self->output = g_object_new (presign_output_get_type (), NULL);
  ((PresignOutput *) self->output)->wire = g_rc_box_acquire (self->wire);
}

PresignStream *
presign_stream_new (PresignPoll  *poll,
                    int           fd,
                    GError      **error)
{
  g_autoptr (PresignStream) self = g_object_new (PRESIGN_TYPE_STREAM, NULL);

  self->wire->poll = poll;
  self->wire->fd = fd;
  self->wire->ready.writable = TRUE;
  if (!presign_poll_add (poll, fd, &self->wire->ready, error)) {
    return NULL;
  }
  return g_steal_pointer (&self);
}

PresignStream *
presign_stream_new_for_tls (GIOStream *base)
{
  PresignStream *self = g_object_new (PRESIGN_TYPE_STREAM, NULL);

  self->wire->base = g_object_ref (base);
  return self;
}

void
presign_stream_set_end (PresignStream  *self,
                        PresignEndFunc  end,
                        gpointer        user_data)
{
  self->wire->end = end;
  self->wire->end_data = user_data;
}

void
presign_stream_set_resting (PresignStream *self,
                            gboolean       resting)
{
  self->wire->is_resting = resting;
  self->wire->has_input = FALSE;
}

gboolean
presign_stream_has_input (PresignStream *self)
{
  return self->wire->has_input;
}

void
presign_stream_hold_head (PresignStream *self)
{
  self->wire->is_holding = self->wire->base == NULL;
}
