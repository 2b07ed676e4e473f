/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-format.h"

#define NBSP "\302\240"
#define MINUTE 60
#define HOUR 3600
#define DAY 86400

static const struct {
  guint64 size;
  const char *text;
} sizes[] = {
  { 0, "0" NBSP "bytes" },
  { 1, "1" NBSP "byte" },
  { 999, "999" NBSP "bytes" },
  { 1000, "1" NBSP "kB" },
  { 3249, "3.2" NBSP "kB" },
  { 9949, "9.9" NBSP "kB" },
  { 9960, "10" NBSP "kB" },
  { 10000, "10" NBSP "kB" },
  { 512400000, "512" NBSP "MB" },
  { 999400000, "999" NBSP "MB" },
  { 999700000, "1" NBSP "GB" },
  { G_GUINT64_CONSTANT (3200000000), "3.2" NBSP "GB" },
  { G_GUINT64_CONSTANT (53687091200000), "54" NBSP "TB" },
  { G_MAXUINT64, "18447" NBSP "PB" },
};

static void
test_size (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *text = pw_format_size (sizes[i].size);

    g_assert_cmpstr (text, ==, sizes[i].text);
  }
}

static const struct {
  guint64 size;
  const char *text;
} part_sizes[] = {
  { 0, "0" NBSP "bytes" },
  { 1, "1" NBSP "byte" },
  { 1023, "1023" NBSP "bytes" },
  { 1024, "1" NBSP "KiB" },
  { 83886080, "80" NBSP "MiB" },
  { 5767168, "5.5" NBSP "MiB" },
  { G_GUINT64_CONSTANT (5368709120), "5" NBSP "GiB" },
};

static void
test_part_size (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (part_sizes); i++) {
    g_autofree char *text = pw_format_part_size (part_sizes[i].size);

    g_assert_cmpstr (text, ==, part_sizes[i].text);
  }
}

static const struct {
  guint64 size;
  guint64 whole;
  const char *text;
} sizes_of[] = {
  { 0, 10000000, "0 of 10" NBSP "MB" },
  { 0, 0, "0 of 0" NBSP "bytes" },
  { 320000, G_GUINT64_CONSTANT (10000000000), "320" NBSP "kB of 10" NBSP "GB" },
  { 99000000, G_GUINT64_CONSTANT (10000000000), "99" NBSP "MB of 10" NBSP "GB" },
  { 100000000, G_GUINT64_CONSTANT (10000000000), "0.1 of 10" NBSP "GB" },
  { G_GUINT64_CONSTANT (3200000000), G_GUINT64_CONSTANT (10000000000), "3.2 of 10" NBSP "GB" },
  { G_GUINT64_CONSTANT (3000000000), G_GUINT64_CONSTANT (500000000000), "3 of 500" NBSP "GB" },
  { G_GUINT64_CONSTANT (132400000000), G_GUINT64_CONSTANT (500000000000), "132 of 500" NBSP "GB" },
  { 5, 7, "5 of 7" NBSP "bytes" },
  { 9, 7, "7 of 7" NBSP "bytes" },
};

static void
test_size_of (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes_of); i++) {
    g_autofree char *text = pw_format_size_of (sizes_of[i].size, sizes_of[i].whole);

    g_assert_cmpstr (text, ==, sizes_of[i].text);
  }
}

static void
test_speed (void)
{
  g_autofree char *fast = pw_format_speed (98123456);
  g_autofree char *slow = pw_format_speed (3249);
  g_autofree char *none = pw_format_speed (0);

  g_assert_cmpstr (fast, ==, "98" NBSP "MB/s");
  g_assert_cmpstr (slow, ==, "3.2" NBSP "kB/s");
  g_assert_cmpstr (none, ==, "0" NBSP "bytes/s");
}

static const struct {
  gint64 seconds;
  const char *text;
} durations[] = {
  { -1, "unknown" },
  { 0, "a few seconds" },
  { 4, "a few seconds" },
  { 5, "5 seconds" },
  { 12, "10 seconds" },
  { 13, "15 seconds" },
  { 52, "50 seconds" },
  { 53, "about a minute" },
  { 89, "about a minute" },
  { 90, "2 minutes" },
  { 149, "2 minutes" },
  { 150, "3 minutes" },
  { 59 * MINUTE, "59 minutes" },
  { 59 * MINUTE + 30, "1 hour" },
  { HOUR, "1 hour" },
  { HOUR + 2 * MINUTE, "1 hour" },
  { HOUR + 3 * MINUTE, "1 hour 5 minutes" },
  { 2 * HOUR + 5 * MINUTE, "2 hours 5 minutes" },
  { 2 * HOUR + 58 * MINUTE, "3 hours" },
  { DAY - 4 * MINUTE, "23 hours 55 minutes" },
  { DAY - MINUTE, "1 day" },
  { DAY, "1 day" },
  { DAY + HOUR, "1 day 1 hour" },
  { 3 * DAY + 4 * HOUR, "3 days 4 hours" },
  { 3 * DAY + 23 * HOUR + 40 * MINUTE, "4 days" },
  { G_GINT64_CONSTANT (1000000) * DAY, "1000000 days" },
};

static void
test_duration (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (durations); i++) {
    g_autofree char *text = pw_format_duration (durations[i].seconds);

    g_assert_cmpstr (text, ==, durations[i].text);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pw-format/size", test_size);
  g_test_add_func ("/pw-format/part-size", test_part_size);
  g_test_add_func ("/pw-format/size-of", test_size_of);
  g_test_add_func ("/pw-format/speed", test_speed);
  g_test_add_func ("/pw-format/duration", test_duration);
  return g_test_run ();
}
