/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-metrics.h"

#include <string.h>

static void
assert_has (const char *text,
            const char *line)
{
  g_autofree char *whole = g_strconcat ("\n", line, "\n", NULL);

  if (!strstr (text, whole)) {
    g_error ("“%s” is not in:\n%s", line, text);
  }
}

static void
test_text (void)
{
  g_autoptr (PresignMetrics) metrics = presign_metrics_new ();
  g_autofree char *text = NULL;

  presign_metrics_count (metrics, "fastapi", "/list-parts", 200, 1500, TRUE);
  presign_metrics_count (metrics, "fastapi", "/list-parts", 200, 250, FALSE);
  presign_metrics_count (metrics, "fastapi", "/list-parts", 500, 20000000, FALSE);
  presign_metrics_refuse (metrics, PRESIGN_REFUSED_RATE);
  presign_metrics_add_in_flight (metrics, 1);
  presign_metrics_add_connections (metrics, 2);
  presign_metrics_add_connections (metrics, -1);
  text = presign_metrics_dup_text (metrics, 4096);

  assert_has (text, "partway_presign_requests_total{dialect=\"fastapi\",route=\"/list-parts\","
              "status=\"200\"} 2");
  assert_has (text, "partway_presign_requests_total{dialect=\"fastapi\",route=\"/list-parts\","
              "status=\"500\"} 1");
  assert_has (text, "partway_presign_request_duration_seconds_bucket{le=\"0.0001\"} 0");
  assert_has (text, "partway_presign_request_duration_seconds_bucket{le=\"0.00025\"} 1");
  assert_has (text, "partway_presign_request_duration_seconds_bucket{le=\"0.0025\"} 2");
  assert_has (text, "partway_presign_request_duration_seconds_bucket{le=\"10\"} 2");
  assert_has (text, "partway_presign_request_duration_seconds_bucket{le=\"+Inf\"} 3");
  assert_has (text, "partway_presign_request_duration_seconds_sum 20.001750");
  assert_has (text, "partway_presign_store_request_duration_seconds_count 1");
  assert_has (text, "partway_presign_refused_total{reason=\"rate\"} 1");
  assert_has (text, "partway_presign_refused_total{reason=\"slow\"} 0");
  assert_has (text, "partway_presign_requests_in_flight 1");
  assert_has (text, "partway_presign_connections 1");
  assert_has (text, "process_resident_memory_bytes 4096");
}

static gpointer
count_cb (gpointer data)
{
  for (guint i = 0; i < 10000; i++) {
    presign_metrics_count (data, "sign", "/sign", 200 + i % 3, 1, FALSE);
  }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (PresignMetrics) metrics = presign_metrics_new ();
  GThread *threads[4];
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    threads[i] = g_thread_new (NULL, count_cb, metrics);
  }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++) {
    g_thread_join (threads[i]);
  }
  text = presign_metrics_dup_text (metrics, presign_metrics_read_resident ());
  assert_has (text, "partway_presign_request_duration_seconds_count 40000");
  assert_has (text, "partway_presign_requests_total{dialect=\"sign\",route=\"/sign\","
              "status=\"200\"} 13336");
  g_assert_cmpuint (presign_metrics_read_resident (), >, 65536);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign-metrics/text", test_text);
  g_test_add_func ("/presign-metrics/threads", test_threads);
  return g_test_run ();
}
