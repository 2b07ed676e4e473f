/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-forward.h"

typedef struct {
  const char *networks;
  const char *peer;
  gboolean is_tls;
  const char *chain;
  const char *proto;
  const char *forwarded_host;
  const char *host;
  const char *caller;           /* expected */
  const char *base;
} Case;

static const Case cases[] = {
  /* Nobody is trusted. */
  { "", "192.0.2.1", FALSE, "10.1.1.1", "https", "evil.test", "a.test:8080",
    "192.0.2.1", "http://a.test:8080" },
  { "10.0.0.0/8", "192.0.2.1", TRUE, "10.1.1.1", "http", "evil.test", "a.test",
    "192.0.2.1", "https://a.test" },
  /* One proxy, two proxies. */
  { "10.0.0.0/8", "10.0.0.1", FALSE, "192.0.2.9", "https", "b.test", "a.test",
    "192.0.2.9", "https://b.test" },
  { "10.0.0.0/8", "10.0.0.1", FALSE, "203.0.113.5, 192.0.2.9 ,10.0.0.2", "http, https", NULL,
    "a.test", "192.0.2.9", "https://a.test" },
  /* Only proxies: the first of them asks. */
  { "10.0.0.0/8", "10.0.0.1", FALSE, "10.0.0.3, 10.0.0.2", NULL, NULL, "a.test",
    "10.0.0.3", "http://a.test" },
  /* What is no address ends it. */
  { "10.0.0.0/8", "10.0.0.1", FALSE, "192.0.2.9, unknown, 10.0.0.2", NULL, NULL, "a.test",
    "10.0.0.2", "http://a.test" },
  { "10.0.0.0/8", "10.0.0.1", FALSE, "", NULL, NULL, "a.test", "10.0.0.1", "http://a.test" },
  { "fd00::/8, ::1", "fd00::7", FALSE, "2001:db8::1", "HTTPS", NULL, "[::1]:80",
    "2001:db8::1", "https://[::1]:80" },
  /* What is no host, and no scheme, is not believed. */
  { "10.0.0.1", "10.0.0.1", FALSE, NULL, "javascript", "a/b\"", "a.test", "10.0.0.1",
    "http://a.test" },
  { "10.0.0.1", "10.0.0.1", FALSE, NULL, NULL, "", "a.test", "10.0.0.1", "http://a.test" },
  { "", "192.0.2.1", FALSE, NULL, NULL, NULL, "a\"b", "192.0.2.1", NULL },
  { "", "192.0.2.1", FALSE, NULL, NULL, NULL, NULL, "192.0.2.1", NULL },
};

static PresignProxies *
new_proxies (const char *networks)
{
  g_auto (GStrv) list = g_strsplit (networks, ", ", -1);
  g_autoptr (GError) error = NULL;
  PresignProxies *proxies = presign_proxies_new (list, &error);

  g_assert_no_error (error);
  return proxies;
}

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    g_autoptr (PresignProxies) proxies = new_proxies (c->networks);
    g_autoptr (HttpRequest) request = http_request_new ("POST", "/");
    g_autofree char *caller = NULL, *base = NULL;

    g_test_message ("case %u", i);
    http_request_set_header (request, "X-Forwarded-For", c->chain);
    http_request_set_header (request, "X-Forwarded-Proto", c->proto);
    http_request_set_header (request, "X-Forwarded-Host", c->forwarded_host);
    http_request_set_header (request, "Host", c->host);
    caller = presign_forward_dup_peer (proxies, c->peer, request);
    base = presign_forward_dup_base (proxies, c->peer, c->is_tls, request);
    g_assert_cmpstr (caller, ==, c->caller);
    g_assert_cmpstr (base, ==, c->base);
  }
}

static void
test_refuses_what_is_no_network (void)
{
  static const char *const wrong[] = { "true", "10.0.0.0/40", "example.com", "10.0.0.1/8" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    char *networks[] = { (char *) "10.0.0.0/8", (char *) wrong[i], NULL };
    g_autoptr (GError) error = NULL;

    g_assert_null (presign_proxies_new (networks, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_nonnull (strstr (error->message, wrong[i]));
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign-forward/table", test_table);
  g_test_add_func ("/presign-forward/no-network", test_refuses_what_is_no_network);
  return g_test_run ();
}
