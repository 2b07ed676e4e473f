/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-config.h"
#include "presign/presign-stream.h"

#include <libsoup/soup.h>

/* One connection in the hands of a SoupServer: where it is, how long it may stay there, and its
 * end, which SoupServer 3.2 does not see by itself (see presign-stream.h).
 *
 * Threads: belongs to the thread of the server.
 */

typedef enum {
  PRESIGN_LINE_NEW,             /* nothing has come yet */
  PRESIGN_LINE_RESTING,         /* between two messages */
  PRESIGN_LINE_HEAD,            /* the headers come in */
  PRESIGN_LINE_BODY,
  PRESIGN_LINE_WORKING,
  PRESIGN_LINE_SENDING,
  PRESIGN_LINE_GONE,
} PresignLineState;

typedef struct _PresignLine PresignLine;

/* @line is freed when this returns. */
typedef void (*PresignGoneFunc) (PresignLine *line,
                                 gpointer     user_data);

/* What all lines of a server have in common; must outlive them. */
typedef struct {
  const PresignConfig *config;
  SoupServer *server;
  PresignPoll *poll;
  GTlsCertificate *certificate; /* NULL = plain */
  PresignGoneFunc gone;
  gpointer user_data;
} PresignLineSetup;

/* Hands a connection to the server; it may be gone, and @fd closed, before this returns. @peer must
 * be this connection's only. Takes @fd. */
void             presign_line_open      (const PresignLineSetup *setup,
                                         int                     fd,
                                         GSocketAddress         *local,
                                         GSocketAddress         *peer);

/* NULL: the line is gone, and the message about to be. */
PresignLine     *presign_line_of        (SoupServerMessage      *message);
const char      *presign_line_get_peer  (PresignLine            *self);
PresignLineState presign_line_get_state (PresignLine            *self);
void             presign_line_set_state (PresignLine            *self,
                                         PresignLineState        state,
                                         gint64                  now_us);
/* Has it stayed too long where it is? To be asked several times a second. */
gboolean         presign_line_is_late   (PresignLine            *self,
                                         gint64                  now_us);
PresignStream   *presign_line_get_stream (PresignLine           *self);

/* More of the message's body; the sum of it. */
guint64          presign_line_add_body  (PresignLine            *self,
                                         guint64                 size);

/* A message has begun; the first one is what the line is held by. */
void             presign_line_begin     (PresignLine            *self,
                                         SoupServerMessage      *message);
/* Ends it now, whatever is under way. Not from within one of the server's signals. */
void             presign_line_drop      (PresignLine            *self);
/* Likewise, as soon as the server has returned to the main loop. */
void             presign_line_drop_soon (PresignLine            *self);
