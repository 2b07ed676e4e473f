/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sink-answer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server that takes uploads as S3 does and keeps nothing: it reads every byte of every body,
 * drops it, and answers after the body, at as little cost as can be, so that what is measured is
 * the client. Nothing is checked, signatures included. HTTP/1.1, a thread a connection.
 *
 *   sink [--address A] [--port N] [--tls-port N] [--certificate FILE --key FILE] [--md5]
 *
 * Prints "http PORT" and "https PORT" (0 = the system's choice) when it listens. Over http bodies
 * are dropped inside the kernel (MSG_TRUNC); TLS is 1.3 with AES-128-GCM. --md5: a body's ETag is
 * its MD5, for clients that insist. GET /-/counts tells what came, as JSON: `first_us` is when the
 * first request began to come, `first_body_us` the first byte of a file (CLOCK_MONOTONIC).
 * GET /-/forget forgets.
 */

#define BUFFER ((gsize) 256 * 1024)

typedef struct {
  int fd;
  SSL *ssl;
  char *bytes;                  /* BUFFER + 1 */
  gsize n_bytes;                /* read, and not used yet */
} Connection;

typedef struct {
  int fd;
  gboolean is_tls;
} Listener;

static char *address = NULL;
static char *certificate = NULL;
static char *key = NULL;
static int port = 0;
static int tls_port = 0;
static gboolean with_md5 = FALSE;
static SSL_CTX *tls = NULL;

static const GOptionEntry entries[] = {
  { "address", 0, 0, G_OPTION_ARG_STRING, &address, "Address to listen on (127.0.0.1)", "A" },
  { "port", 0, 0, G_OPTION_ARG_INT, &port, "Port of http", "N" },
  { "tls-port", 0, 0, G_OPTION_ARG_INT, &tls_port, "Port of https", "N" },
  { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &certificate, "PEM; without: no https", "FILE" },
  { "key", 0, 0, G_OPTION_ARG_FILENAME, &key, "PEM", "FILE" },
  { "md5", 0, 0, G_OPTION_ARG_NONE, &with_md5, "ETags are the MD5 of what came", NULL },
  G_OPTION_ENTRY_NULL
};

static gssize
receive (Connection *self,
         char       *buffer,
         gsize       size,
         int         flags)
{
  gssize n;

  if (self->ssl)
    return SSL_read (self->ssl, buffer, (int) size);
  do {
    n = recv (self->fd, buffer, size, flags);
  } while (n < 0 && errno == EINTR);
  return n;
}

static gboolean
send_all (Connection *self,
          const char *bytes,
          gsize       size)
{
  while (size > 0) {
    gssize n = self->ssl ? SSL_write (self->ssl, bytes, (int) size)
                         : send (self->fd, bytes, size, MSG_NOSIGNAL);

    if (n <= 0)
      return FALSE;
    bytes += n;
    size -= (gsize) n;
  }
  return TRUE;
}

static gboolean
fill (Connection *self)
{
  gssize n;

  if (self->n_bytes == BUFFER)
    return FALSE;
  n = receive (self, self->bytes + self->n_bytes, BUFFER - self->n_bytes, 0);
  if (n <= 0)
    return FALSE;
  self->n_bytes += (gsize) n;
  self->bytes[self->n_bytes] = '\0';
  return TRUE;
}

static void
use (Connection *self,
     gsize       n)
{
  self->n_bytes -= n;
  memmove (self->bytes, self->bytes + n, self->n_bytes);
  self->bytes[self->n_bytes] = '\0';
}

static gboolean
drop (Connection *self,
      guint64     size,
      GChecksum  *md5)
{
  gsize n = (gsize) MIN (size, self->n_bytes);
  gboolean in_kernel = !md5 && !self->ssl;

  if (md5)
    g_checksum_update (md5, (guchar *) self->bytes, (gssize) n);
  use (self, n);
  for (size -= n; size > 0; size -= n) {
    /* What is dropped in the kernel needs no room; the rest does. */
    gsize most = in_kernel ? 16 * 1024 * 1024 : BUFFER;
    gssize got = receive (self, self->bytes, (gsize) MIN (size, most), in_kernel ? MSG_TRUNC : 0);

    if (got <= 0)
      return FALSE;
    n = (gsize) got;
    if (md5)
      g_checksum_update (md5, (guchar *) self->bytes, got);
  }
  return TRUE;
}

static gboolean
drop_chunks (Connection  *self,
             SinkRequest *request)
{
  guint64 size;

  do {
    char *end;

    while (!(end = strstr (self->bytes, "\r\n"))) {
      if (!fill (self))
        return FALSE;
    }
    size = g_ascii_strtoull (self->bytes, NULL, 16);
    use (self, (gsize) (end + 2 - self->bytes));
    request->n_bytes += size;
    if (!drop (self, size + 2, NULL))
      return FALSE;
  } while (size > 0);
  return TRUE;
}

static gboolean
drop_body (Connection  *self,
           SinkRequest *request)
{
  const char *length = g_hash_table_lookup (request->headers, "content-length");
  g_autoptr (GChecksum) md5 = NULL;

  if (g_hash_table_contains (request->headers, "expect")
      && !send_all (self, "HTTP/1.1 100 Continue\r\n\r\n", 25))
    return FALSE;
  if (g_hash_table_contains (request->headers, "transfer-encoding"))
    return drop_chunks (self, request);
  if (with_md5 && g_str_equal (request->method, "PUT"))
    md5 = g_checksum_new (G_CHECKSUM_MD5);
  request->n_bytes = length ? g_ascii_strtoull (length, NULL, 10) : 0;
  if (request->n_bytes > 0 && self->n_bytes == 0 && !fill (self))
    return FALSE;
  if (request->n_bytes > 0 && g_str_equal (request->method, "PUT"))
    sink_note_body (g_get_monotonic_time ());
  if (!drop (self, request->n_bytes, md5))
    return FALSE;
  if (md5)
    request->md5 = g_strdup (g_checksum_get_string (md5));
  return TRUE;
}

static gboolean
parse (char        *text,
       SinkRequest *request)
{
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);
  g_auto (GStrv) words = g_strsplit (lines[0], " ", 3);

  request->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (g_strv_length (words) != 3)
    return FALSE;
  request->method = g_strdup (words[0]);
  request->target = g_strdup (words[1]);
  for (guint i = 1; lines[i]; i++) {
    char *colon = strchr (lines[i], ':');

    if (colon)
      g_hash_table_replace (request->headers,
                            g_ascii_strdown (lines[i], colon - lines[i]),
                            g_strstrip (g_strdup (colon + 1)));
  }
  return TRUE;
}

static gboolean
read_request (Connection  *self,
              SinkRequest *request)
{
  char *end;

  if (self->n_bytes == 0 && !fill (self))
    return FALSE;
  sink_note_request (g_get_monotonic_time ());
  while (!(end = strstr (self->bytes, "\r\n\r\n"))) {
    if (!fill (self))
      return FALSE;
  }
  *end = '\0';
  if (!parse (self->bytes, request))
    return FALSE;
  use (self, (gsize) (end + 4 - self->bytes));
  return drop_body (self, request);
}

static gboolean
send_answer (Connection        *self,
             const SinkRequest *request)
{
  SinkAnswer answer = { .headers = g_string_new (NULL), .body = g_string_new (NULL) };
  GString *text = g_string_new (NULL);
  gboolean ok;

  sink_answer (request, &answer);
  g_string_printf (text, "HTTP/1.1 %u OK\r\nServer: sink\r\nx-amz-request-id: SINK\r\n%s",
                   answer.status, answer.headers->str);
  if (!strstr (answer.headers->str, "Content-Length:") && answer.status != 204)
    g_string_append_printf (text, "Content-Length: %" G_GSIZE_FORMAT "\r\n", answer.body->len);
  g_string_append_printf (text, "\r\n%s", answer.body->str);
  ok = send_all (self, text->str, text->len);
  g_string_free (answer.headers, TRUE);
  g_string_free (answer.body, TRUE);
  g_string_free (text, TRUE);
  return ok;
}

static gpointer
serve (gpointer data)
{
  Connection *self = data;
  gboolean ok = TRUE;
  int on = 1;

  setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  self->bytes = g_malloc0 (BUFFER + 1);
  if (self->ssl)
    ok = SSL_accept (self->ssl) == 1;
  while (ok) {
    g_auto (SinkRequest) request = { 0 };

    ok = read_request (self, &request) && send_answer (self, &request);
  }
  if (self->ssl)
    SSL_free (self->ssl);
  close (self->fd);
  g_free (self->bytes);
  g_free (self);
  return NULL;
}

static gpointer
listen_for (gpointer data)
{
  const Listener *self = data;

  for (;;) {
    int fd = accept (self->fd, NULL, NULL);
    Connection *connection;

    if (fd < 0)
      continue;
    connection = g_new0 (Connection, 1);
    connection->fd = fd;
    if (self->is_tls) {
      connection->ssl = SSL_new (tls);
      SSL_set_fd (connection->ssl, fd);
    }
    g_thread_unref (g_thread_new ("connection", serve, connection));
  }
  return NULL;
}

static void
die (const char *what)
{
  fprintf (stderr, "sink: %s: %s\n", what, g_strerror (errno));
  exit (1);
}

/* Says where it listens. */
static Listener *
start_listening (int         at,
                 const char *name)
{
  Listener *self = g_new0 (Listener, 1);
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons ((guint16) at) };
  socklen_t size = sizeof to;
  int on = 1;

  if (inet_pton (AF_INET, address ? address : "127.0.0.1", &to.sin_addr) != 1)
    die ("--address");
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (self->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (self->fd, (struct sockaddr *) &to, size) != 0 || listen (self->fd, 1024) != 0
      || getsockname (self->fd, (struct sockaddr *) &to, &size) != 0)
    die (name);
  printf ("%s %d\n", name, ntohs (to.sin_port));
  fflush (stdout);
  return self;
}

static void
set_up_tls (void)
{
  tls = SSL_CTX_new (TLS_server_method ());
  SSL_CTX_set_min_proto_version (tls, TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites (tls, "TLS_AES_128_GCM_SHA256");
  if (SSL_CTX_use_certificate_chain_file (tls, certificate) != 1
      || SSL_CTX_use_PrivateKey_file (tls, key, SSL_FILETYPE_PEM) != 1)
    die ("--certificate");
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  Listener *plain;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    fprintf (stderr, "sink: %s\n", error->message);
    return 2;
  }
  signal (SIGPIPE, SIG_IGN);
  /* It ends with whoever started it. */
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  sink_forget ();
  plain = start_listening (port, "http");
  if (certificate && key) {
    Listener *secure;

    set_up_tls ();
    secure = start_listening (tls_port, "https");
    secure->is_tls = TRUE;
    g_thread_unref (g_thread_new ("https", listen_for, secure));
  }
  listen_for (plain);
  return 0;
}
