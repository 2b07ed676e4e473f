/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

/* A server that does what a test tells it, byte by byte: a function plays each connection, on a
 * thread of the connection's own, and the connection is closed when it returns. Listens on
 * loopback.
 */

typedef struct _ScriptedServer ScriptedServer;

typedef struct {
  ScriptedServer *server;
  guint index;                  /* 1 for the first connection */
  gpointer user_data;
  GSocket *socket;
  GIOStream *stream;            /* with TLS or without */
  GString *input;               /* read, and not taken yet */
} ScriptedConn;

typedef void (*ScriptFunc) (ScriptedConn *conn);

/* @certificate: a PEM file with certificate and key makes it speak TLS; NULL = plain. */
ScriptedServer *scripted_server_new               (ScriptFunc      func,
                                                   gpointer        user_data,
                                                   const char     *certificate);
/* Ends all connections and waits for their threads. */
void            scripted_server_free              (ScriptedServer *self);
char           *scripted_server_dup_url           (ScriptedServer *self,
                                                   const char     *path);
guint16         scripted_server_get_port          (ScriptedServer *self);
guint           scripted_server_get_n_connections (ScriptedServer *self);

/* Request line and headers, up to and with the empty line; NULL if the connection ended. */
char           *scripted_conn_read_head           (ScriptedConn   *conn);
/* Up to @size bytes; fewer only if the connection ended. */
GBytes         *scripted_conn_read_body           (ScriptedConn   *conn,
                                                   gsize           size);
/* The same, when only the end of it matters. */
void            scripted_conn_skip_head           (ScriptedConn   *conn);
void            scripted_conn_skip_body           (ScriptedConn   *conn,
                                                   gsize           size);
/* What Content-Length says; 0 if there is none. */
guint64         scripted_get_length               (const char     *head);
/* An end of the connection is not reported: the script sees it when it reads. */
void            scripted_conn_write               (ScriptedConn   *conn,
                                                   const char     *text);
/* Blocks, without reading, until the client or the test ends the connection. */
void            scripted_conn_wait_end            (ScriptedConn   *conn);
/* Ends its own side and drops what comes until the client ends the other (RFC 9112, 9.6). */
void            scripted_conn_linger              (ScriptedConn   *conn);
/* Closes with RST instead of FIN. */
void            scripted_conn_reset               (ScriptedConn   *conn);
void            scripted_conn_start_tls           (ScriptedConn   *conn,
                                                   const char     *certificate);

/* A new folder with ca.pem, good.pem (localhost, 127.0.0.1, store.example) and other.pem
 * (other.example), both signed by the CA and with their keys. Fails the test if openssl is
 * missing. */
char           *scripted_make_certificates        (void);
void            scripted_remove_certificates      (const char     *folder);

/* The proxies and roots of the surroundings must not decide what a test sees. */
void            scripted_clear_environment        (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScriptedServer, scripted_server_free)
