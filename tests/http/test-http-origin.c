/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-origin.h"

static void
test_origins (void)
{
  static const struct {
    const char *url;
    const char *origin;
    const char *host;
    gboolean loopback;
  } cases[] = {
    { "https://store.example/b/k?X-Amz-Signature=1", "https://store.example", "store.example" },
    { "http://store.example:9000?list", "http://store.example:9000", "store.example:9000" },
    { "HTTP://Store#x", "HTTP://Store", "Store", FALSE },
    { "http://127.0.0.1:8000/", "http://127.0.0.1:8000", "127.0.0.1:8000", TRUE },
    { "http://127.8.9.10/", "http://127.8.9.10", "127.8.9.10", TRUE },
    { "http://localhost/", "http://localhost", "localhost", TRUE },
    { "http://LocalHost:1/", "http://LocalHost:1", "LocalHost:1", TRUE },
    { "http://b.localhost/", "http://b.localhost", "b.localhost", TRUE },
    { "https://[::1]:8443/", "https://[::1]:8443", "[::1]:8443", TRUE },
    { "https://[2001:db8::1]/", "https://[2001:db8::1]", "[2001:db8::1]", FALSE },
    { "http://localhost.example/", "http://localhost.example", "localhost.example", FALSE },
    { "http://127.0.0.1.example/", "http://127.0.0.1.example", "127.0.0.1.example", FALSE },
    { "http://10.0.0.1/a@b", "http://10.0.0.1", "10.0.0.1", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *origin = http_origin_dup (cases[i].url);

    g_test_message ("%s", cases[i].url);
    g_assert_cmpstr (origin, ==, cases[i].origin);
    g_assert_cmpstr (http_origin_get_host (origin), ==, cases[i].host);
    g_assert_cmpint (http_origin_is_loopback (origin), ==, cases[i].loopback);
  }
}

static void
test_none (void)
{
  static const char *const cases[] = {
    "", "store", "/b/k", "ftp://store/", "file:///etc/passwd", "http:/store", "http://",
    "http:///k", "http://:80/", "https://?x", "http://user@store/", "http://user:pw@store/",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *origin = http_origin_dup (cases[i]);

    g_test_message ("%s", cases[i]);
    g_assert_null (origin);
  }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/origin/origins", test_origins);
  g_test_add_func ("/http/origin/none", test_none);
  return g_test_run ();
}
