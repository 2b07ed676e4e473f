/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-size.h"

static const struct {
  const char *text;
  guint64 bytes;
} sizes[] = {
  { "0", 0 }, { "17", 17 }, { "17b", 17 }, { "500k", 512000 }, { "500K", 512000 },
  { "500kB", 500000 }, { "8MiB", 8388608 }, { "8mib", 8388608 }, { "8Mi", 8388608 },
  { "8M", 8388608 }, { "8MB", 8000000 }, { "1.5G", 1610612736 }, { "2T", 2199023255552 },
  { "1P", 1125899906842624 }, { "10MB/s", 10000000 }, { "10/s", 10 }, { "0.5k", 512 },
};

static void
test_sizes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint64 bytes = 1;
    g_autoptr (GError) error = NULL;

    g_assert_true (cli_parse_size (sizes[i].text, &bytes, &error));
    g_assert_no_error (error);
    g_assert_cmpuint (bytes, ==, sizes[i].bytes);
  }
}

static void
test_none (void)
{
  static const char *const texts[] = {
    "", "MB", "x", "-1", "-1k", "1x", "1kx", "1kbx", "1 MB", "nan", "inf", "1e300", "9999999P",
    "1mb/", "1/h", "1,5M",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    guint64 bytes = 77;
    g_autoptr (GError) error = NULL;

    g_assert_false (cli_parse_size (texts[i], &bytes, &error));
    g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
    g_assert_cmpuint (bytes, ==, 77);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/size/sizes", test_sizes);
  g_test_add_func ("/size/none", test_none);

  return g_test_run ();
}
