/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-line.h"

#include <string.h>

static char *
make_line (void)
{
  GString *text = g_string_new (NULL);

  pw_line_begin (text, "sample");
  pw_line_add_string (text, "word", "a \"b\"\\ \n\t\x01 é €");
  pw_line_add_string (text, "bytes", "caf\xe9");
  pw_line_add_string (text, "none", NULL);
  pw_line_add_int64 (text, "low", G_MININT64);
  pw_line_add_uint64 (text, "high", G_MAXUINT64);
  pw_line_end (text, 0);
  return g_string_free (text, FALSE);
}

static void
test_round_trip (void)
{
  g_autofree char *text = make_line ();
  PwLineReader reader;
  PwLine line;
  gint64 low = 0;
  guint64 high = 0;

  g_assert_true (g_str_has_suffix (text, "\n"));
  g_assert_true (g_utf8_validate (text, -1, NULL));
  pw_line_reader_init (&reader, text, strlen (text));
  g_assert_cmpint (pw_line_reader_next (&reader, &line), ==, PW_LINE_OK);
  g_assert_cmpstr (pw_line_get_type (&line), ==, "sample");
  g_assert_cmpstr (pw_line_get_string (&line, "word"), ==, "a \"b\"\\ \n\t\x01 é €");
  g_assert_cmpstr (pw_line_get_string (&line, "bytes"), ==, "caf\xe9");
  g_assert_true (pw_line_has (&line, "none"));
  g_assert_null (pw_line_get_string (&line, "none"));
  g_assert_false (pw_line_has (&line, "absent"));
  g_assert_true (pw_line_get_int64 (&line, "low", &low));
  g_assert_cmpint (low, ==, G_MININT64);
  g_assert_true (pw_line_get_uint64 (&line, "high", &high));
  g_assert_cmpuint (high, ==, G_MAXUINT64);
  /* What does not fit leaves the variable alone. */
  g_assert_false (pw_line_get_int64 (&line, "high", &low));
  g_assert_cmpint (low, ==, G_MININT64);
  g_assert_false (pw_line_get_uint64 (&line, "low", &high));
  g_assert_false (pw_line_get_uint64 (&line, "word", &high));
  g_assert_cmpint (pw_line_reader_next (&reader, &line), ==, PW_LINE_END);
}

/* A crash may tear the last line anywhere. */
static void
test_torn (void)
{
  g_autofree char *whole = make_line ();
  gsize length = strlen (whole);

  for (gsize n = 1; n < length; n++) {
    g_autofree char *text = g_strndup (whole, n);
    PwLineReader reader;
    PwLine line;

    pw_line_reader_init (&reader, text, n);
    g_assert_cmpint (pw_line_reader_next (&reader, &line), ==, PW_LINE_TORN);
  }
}

/* A changed byte is found, and the line behind it is read all the same. */
static void
test_damaged (void)
{
  g_autofree char *one = make_line ();
  g_autofree char *two = g_strconcat (one, one, NULL);
  gsize length = strlen (one);

  for (gsize n = 0; n < length - 1; n++) {
    g_autofree char *text = g_strdup (two);
    PwLineReader reader;
    PwLine line;

    text[n] ^= 1;
    if (text[n] == '\n')
      continue;
    pw_line_reader_init (&reader, text, 2 * length);
    g_assert_cmpint (pw_line_reader_next (&reader, &line), ==, PW_LINE_DAMAGED);
    g_assert_cmpint (pw_line_reader_next (&reader, &line), ==, PW_LINE_OK);
    g_assert_cmpstr (pw_line_get_type (&line), ==, "sample");
    g_assert_cmpint (pw_line_reader_next (&reader, &line), ==, PW_LINE_END);
  }
}

static void
test_empty (void)
{
  char text[] = "";
  PwLineReader reader;
  PwLine line;

  pw_line_reader_init (&reader, text, 0);
  g_assert_cmpint (pw_line_reader_next (&reader, &line), ==, PW_LINE_END);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line/round-trip", test_round_trip);
  g_test_add_func ("/line/torn", test_torn);
  g_test_add_func ("/line/damaged", test_damaged);
  g_test_add_func ("/line/empty", test_empty);
  return g_test_run ();
}
