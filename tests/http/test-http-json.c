/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "http/http-json.h"

#include <string.h>

#define DEPTH 4

static const struct {
  const char *text;
  gboolean is_fit;
} cases[] = {
  { "", TRUE },
  { " {\"a\": [1, -2.5e+3, true, null, \"b\"]} \r\n\t", TRUE },
  { "[[[[]]]]", TRUE },
  { "[[[[[]]]]]", FALSE },
  { "{\"a\":\"[[[[[[[[{{{{\\\"[[[[[\"}", TRUE },
  { "{\"a\":\"\\\\\"}", TRUE },
  { "\"text\"", TRUE },
  { "17", TRUE },
  { "17 ", TRUE },
  /* One value, not two. */
  { "{\"a\":1}{\"b\":2}", FALSE },
  { "{\"a\":1} {\"b\":2}", FALSE },
  { "\"a\"{\"b\":2}", FALSE },
  { "1{\"b\":2}", FALSE },
  { "1 {\"b\":2}", FALSE },
  { "true[1]", FALSE },
  { "\"a\" \"b\"", FALSE },
  { "1 2", FALSE },
  { "1,[2]", FALSE },
  { "{}x", FALSE },
  { "]", FALSE },
  /* What hides brackets from whoever counts them. */
  { "/*\"*/[[[[[[[[", FALSE },
  { "{/*\"*/\"a\":[[[[[[", FALSE },
  { "//\"\n[[[[[[[[", FALSE },
  { "#\"\n[[[[[[[[", FALSE },
  { "['\"',[[[[[[[[", FALSE },
  { "{\"a\":\"\\u0000\"}", FALSE },
  { "{\"a\":\"\\\\u0000\"}", TRUE },
  { "{\"\xc3\xbc\":\"\xc3\xbc\"}", TRUE },
  { "{\xc3\xbc:1}", FALSE },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].text);
    g_assert_cmpint (http_json_is_fit (cases[i].text, strlen (cases[i].text), DEPTH), ==,
                     cases[i].is_fit);
  }
  g_assert_false (http_json_is_fit ("[1\0]", 4, DEPTH));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/json/table", test_table);
  return g_test_run ();
}
