/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-client.h"

#include <string.h>

#include "http/http-proxy.h"
#include "scripted-server.h"

#define STORE "http://store.example/b/k?X-Amz-Signature=secret"

/* A label that is too long for any name server: fails without asking one. */
#define NO_NAME \
  "http://aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg.example/"

/* A resolver that counts its questions, and may never answer. */
#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GObject)

struct _TestResolver {
  GObject parent_instance;
  const char *answer;           /* NULL = fails */
  gboolean hangs;
  gint n_questions;
  char *question;
  HttpClient *interrupt;        /* interrupted when the question comes */
};

static gboolean
resolver_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static char **
resolver_lookup (GProxyResolver  *resolver,
                 const char      *uri,
                 GCancellable    *cancellable,
                 GError         **error)
{
  TestResolver *self = TEST_RESOLVER (resolver);
  const char *proxies[] = { self->answer, NULL };

  g_atomic_int_inc (&self->n_questions);
  g_free (self->question);
  self->question = g_strdup (uri);
  if (self->hangs) {
    GPollFD fd;

    if (self->interrupt != NULL)
      http_client_interrupt (self->interrupt);
    g_cancellable_make_pollfd (cancellable, &fd);
    g_poll (&fd, 1, -1);
    g_cancellable_release_fd (cancellable);
  }
  if (self->answer == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "No.");
    return NULL;
  }
  return g_strdupv ((char **) proxies);
}

static void
resolver_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = resolver_is_supported;
  iface->lookup = resolver_lookup;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestResolver, test_resolver, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, resolver_iface_init))

static void
test_resolver_finalize (GObject *object)
{
  g_free (TEST_RESOLVER (object)->question);
  G_OBJECT_CLASS (test_resolver_parent_class)->finalize (object);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_resolver_finalize;
}

static void
test_resolver_init (TestResolver *self)
{
}

static TestResolver *
resolver_new (const char *answer)
{
  TestResolver *self = g_object_new (TEST_TYPE_RESOLVER, NULL);

  self->answer = answer;
  return self;
}

/* What the proxy in the tests does: notes the request line, and answers by it. */
static void
proxy_script (ScriptedConn *conn)
{
  const char *certificate = conn->user_data;
  g_autofree char *head = NULL;

  while ((head = scripted_conn_read_head (conn)) != NULL) {
    g_autofree char *line = g_strndup (head, strcspn (head, "\r"));

    if (g_str_has_prefix (line, "CONNECT store.example:443 ")) {
      scripted_conn_write (conn, "HTTP/1.1 200 Connected\r\nX-From: proxy\r\n\r\n");
      scripted_conn_start_tls (conn, certificate);
    } else if (g_str_has_prefix (line, "CONNECT ")) {
      scripted_conn_write (conn, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    } else if (strstr (line, "challenge") != NULL) {
      scripted_conn_write (conn, "HTTP/1.1 407 Proxy Authentication Required\r\n"
                           "Content-Length: 0\r\n\r\n");
    } else {
      g_autofree char *answer = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
                                                 strlen (line), line);

      scripted_conn_write (conn, answer);
    }
    g_clear_pointer (&head, g_free);
  }
}

static char *
get (HttpClient *client,
     const char *url,
     GError    **error)
{
  g_autoptr (HttpRequest) request = http_request_new ("GET", url);
  g_autoptr (HttpResponse) response = http_client_send (client, request, NULL, error);
  gsize size;
  const char *text;

  if (response == NULL)
    return NULL;
  g_assert_null (http_response_get_header (response, "X-From"));
  text = g_bytes_get_data (response->body, &size);
  return g_strndup (text, size);
}

static HttpClient *
client_new (GProxyResolver *resolver,
            gboolean        direct)
{
  const HttpClientOptions options = {
    .connect_timeout_ms = 5000, .resolver = resolver, .direct = direct,
  };

  return http_client_new (&options);
}

static char *
dup_proxy_url (ScriptedServer *server)
{
  return g_strdup_printf ("http://127.0.0.1:%u", scripted_server_get_port (server));
}

static gboolean
never_cb (gpointer data)
{
  return FALSE;
}

static gboolean
always_cb (gpointer data)
{
  return TRUE;
}

static void
test_forms (void)
{
  static const struct {
    const char *answer;
    const char *proxy;
  } cases[] = {
    { "direct://", NULL },
    { NULL, NULL },
    { "http://proxy:3128", "http://proxy:3128" },
    { "https://proxy:3129", "https://proxy:3129" },
    { "socks://proxy:1080", "socks5h://proxy:1080" },
    { "socks5://u:p@proxy:1080", "socks5h://u:p@proxy:1080" },
    { "socks4a://proxy:1080", "socks4a://proxy:1080" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TestResolver) resolver = resolver_new (cases[i].answer);
    HttpProxies *proxies = http_proxies_new (G_PROXY_RESOLVER (resolver));
    const char *proxy = "unset";

    g_test_message ("%s", cases[i].answer != NULL ? cases[i].answer : "an error");
    g_assert_true (http_proxies_find (proxies, "https://a", never_cb, NULL, &proxy));
    g_assert_cmpstr (proxy, ==, cases[i].proxy);
    g_assert_true (http_proxies_find (proxies, "https://a", always_cb, NULL, &proxy));
    g_assert_cmpint (resolver->n_questions, ==, 1);
    g_assert_true (http_proxies_find (proxies, "https://b", never_cb, NULL, &proxy));
    g_assert_cmpint (resolver->n_questions, ==, 2);
    http_proxies_forget (proxies);
    g_assert_true (http_proxies_find (proxies, "https://a", never_cb, NULL, &proxy));
    g_assert_cmpint (resolver->n_questions, ==, 3);
    http_proxies_free (proxies);
  }
}

static void
test_resolver (void)
{
  g_autoptr (ScriptedServer) server = scripted_server_new (proxy_script, NULL, NULL);
  g_autofree char *proxy = dup_proxy_url (server);
  g_autoptr (TestResolver) resolver = resolver_new (proxy);
  g_autoptr (HttpClient) client = client_new (G_PROXY_RESOLVER (resolver), FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  first = get (client, STORE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, ==, "GET " STORE " HTTP/1.1");
  second = get (client, "http://store.example/other", &error);
  g_assert_no_error (error);
  g_assert_cmpint (resolver->n_questions, ==, 1);
  g_assert_cmpstr (resolver->question, ==, "http://store.example/");
  g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 1);

  http_client_renew (client);
  g_free (get (client, STORE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (resolver->n_questions, ==, 2);
  g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 2);
}

static void
test_environment (void)
{
  g_autoptr (ScriptedServer) server = scripted_server_new (proxy_script, NULL, NULL);
  g_autofree char *proxy = dup_proxy_url (server);
  g_autoptr (TestResolver) resolver = resolver_new ("direct://");
  g_autoptr (HttpClient) client = client_new (G_PROXY_RESOLVER (resolver), FALSE);
  g_autoptr (HttpClient) direct = client_new (G_PROXY_RESOLVER (resolver), TRUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  g_setenv ("http_proxy", proxy, TRUE);
  line = get (client, STORE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "GET " STORE " HTTP/1.1");

  g_assert_null (get (direct, NO_NAME, &error));
  g_unsetenv ("http_proxy");
  g_assert_error (error, HTTP_ERROR, HTTP_ERROR_RESOLVE);
  g_assert_cmpuint (scripted_server_get_n_connections (server), ==, 1);
}

static void
test_direct (void)
{
  g_autoptr (TestResolver) resolver = resolver_new ("http://127.0.0.1:1");
  g_autoptr (HttpClient) client = client_new (G_PROXY_RESOLVER (resolver), TRUE);
  g_autoptr (GError) error = NULL;

  g_assert_null (get (client, NO_NAME, &error));
  g_assert_error (error, HTTP_ERROR, HTTP_ERROR_RESOLVE);
  g_assert_cmpint (resolver->n_questions, ==, 0);
}

static void
test_loopback (void)
{
  g_autoptr (ScriptedServer) server = scripted_server_new (proxy_script, NULL, NULL);
  g_autofree char *url = scripted_server_dup_url (server, "/b/k");
  g_autoptr (TestResolver) resolver = resolver_new ("http://127.0.0.1:1");
  g_autoptr (HttpClient) client = client_new (G_PROXY_RESOLVER (resolver), FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  g_setenv ("http_proxy", "http://127.0.0.1:1", TRUE);
  line = get (client, url, &error);
  g_unsetenv ("http_proxy");
  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "GET /b/k HTTP/1.1");
  g_assert_cmpint (resolver->n_questions, ==, 0);
}

static void
test_refusals (void)
{
  static const char *const urls[] = {
    "https://forbidden.example/k?X-Amz-Signature=secret",
    "http://challenge.example/k?X-Amz-Signature=secret",
  };
  g_autoptr (ScriptedServer) server = scripted_server_new (proxy_script, NULL, NULL);
  g_autofree char *proxy = dup_proxy_url (server);
  g_autoptr (TestResolver) resolver = resolver_new (proxy);
  g_autoptr (HttpClient) client = client_new (G_PROXY_RESOLVER (resolver), FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (get (client, urls[i], &error));
    g_assert_error (error, HTTP_ERROR, HTTP_ERROR_PROXY);
    g_assert_nonnull (strstr (error->message, ".example"));
    g_assert_null (strstr (error->message, "secret"));
  }
}

static void
test_unreachable (void)
{
  g_autoptr (TestResolver) refused = resolver_new ("http://127.0.0.1:1");
  g_autoptr (TestResolver) unknown = resolver_new (NO_NAME);
  g_autoptr (HttpClient) one = client_new (G_PROXY_RESOLVER (refused), FALSE);
  g_autoptr (HttpClient) two = client_new (G_PROXY_RESOLVER (unknown), FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_null (get (one, STORE, &error));
  g_assert_error (error, HTTP_ERROR, HTTP_ERROR_CONNECT);
  g_assert_nonnull (strstr (error->message, "through the proxy"));
  g_clear_error (&error);
  g_assert_null (get (two, STORE, &error));
  g_assert_error (error, HTTP_ERROR, HTTP_ERROR_RESOLVE);
  g_assert_nonnull (strstr (error->message, "proxy"));
}

static void
test_tunnel (void)
{
  g_autofree char *folder = scripted_make_certificates ();
  g_autofree char *certificate = g_build_filename (folder, "good.pem", NULL);
  g_autofree char *ca_file = g_build_filename (folder, "ca.pem", NULL);
  g_autoptr (ScriptedServer) server = scripted_server_new (proxy_script, certificate, NULL);
  g_autofree char *proxy = dup_proxy_url (server);
  g_autoptr (TestResolver) resolver = resolver_new (proxy);
  const HttpClientOptions options = {
    .resolver = G_PROXY_RESOLVER (resolver), .ca_file = ca_file,
  };
  g_autoptr (HttpClient) client = http_client_new (&options);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = get (client, "https://store.example/b/k", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (line, ==, "GET /b/k HTTP/1.1");
  scripted_remove_certificates (folder);
}

static void
test_late (void)
{
  g_autoptr (TestResolver) resolver = resolver_new (NULL);
  const HttpClientOptions options = {
    .connect_timeout_ms = 50, .resolver = G_PROXY_RESOLVER (resolver),
  };
  g_autoptr (HttpClient) client = http_client_new (&options);
  g_autoptr (GError) error = NULL;

  resolver->hangs = TRUE;
  g_assert_null (get (client, STORE, &error));
  g_assert_error (error, HTTP_ERROR, HTTP_ERROR_CONNECT);
}

static void
test_interrupted (void)
{
  g_autoptr (TestResolver) resolver = resolver_new (NULL);
  g_autoptr (HttpClient) client = client_new (G_PROXY_RESOLVER (resolver), FALSE);
  g_autoptr (GError) error = NULL;

  resolver->hangs = TRUE;
  resolver->interrupt = client;
  g_assert_null (get (client, STORE, &error));
  g_assert_error (error, HTTP_ERROR, HTTP_ERROR_STOPPED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  scripted_clear_environment ();
  http_init ();

  g_test_add_func ("/http/proxy/forms", test_forms);
  g_test_add_func ("/http/proxy/resolver", test_resolver);
  g_test_add_func ("/http/proxy/environment", test_environment);
  g_test_add_func ("/http/proxy/direct", test_direct);
  g_test_add_func ("/http/proxy/loopback", test_loopback);
  g_test_add_func ("/http/proxy/refusals", test_refusals);
  g_test_add_func ("/http/proxy/unreachable", test_unreachable);
  g_test_add_func ("/http/proxy/tunnel", test_tunnel);
  g_test_add_func ("/http/proxy/late", test_late);
  g_test_add_func ("/http/proxy/interrupted", test_interrupted);
  return g_test_run ();
}
