/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-log.h"

#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

static void
test_format (void)
{
  g_autoptr (GString) line = g_string_new (NULL);
  const PresignLogRequest request = {
    .request_id = "0a", .method = "POST", .dialect = "fastapi", .route = "/list-parts",
    .status = 404, .duration_us = 12034, .user = "anne \"a\"\n", .peer = "192.0.2.7",
    .code = "NoSuchUpload",
  };

  presign_log_format (line, &request, PRESIGN_LOG_INFO, 1767225600123456);
  g_assert_cmpstr (line->str, ==,
                   "{\"time\":\"2026-01-01T00:00:00.123Z\",\"level\":\"info\",\"requestId\":\"0a\","
                   "\"method\":\"POST\",\"dialect\":\"fastapi\",\"route\":\"/list-parts\","
                   "\"status\":404,\"ms\":12.034,\"user\":\"anne \\\"a\\\"\\u000a\","
                   "\"peer\":\"192.0.2.7\",\"code\":\"NoSuchUpload\"}\n");
}

static void
test_quote (void)
{
  for (guint byte = 1; byte < 256; byte++) {
    g_autoptr (GString) line = g_string_new ("[");
    g_autoptr (JsonParser) parser = json_parser_new ();
    g_autoptr (GError) error = NULL;
    const char text[] = { 'a', (char) byte, 'b', '\0' };

    presign_log_quote (line, text);
    g_string_append_c (line, ']');
    g_assert_true (json_parser_load_from_data (parser, line->str, -1, &error));
    g_assert_no_error (error);
    if (byte < 128) {
      JsonArray *array = json_node_get_array (json_parser_get_root (parser));

      g_assert_cmpstr (json_array_get_string_element (array, 0), ==, text);
    }
  }
}

static char *
read_all (int fd)
{
  GString *text = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  while ((n = read (fd, buffer, sizeof buffer)) > 0) {
    g_string_append_len (text, buffer, n);
  }
  return g_string_free (text, FALSE);
}

static void
test_levels (void)
{
  int ends[2];
  PresignLog *log;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_cmpint (pipe (ends), ==, 0);
  log = presign_log_new (ends[1], PRESIGN_LOG_WARNING);
  g_assert_true (presign_log_wants (log, PRESIGN_LOG_ERROR));
  g_assert_false (presign_log_wants (log, PRESIGN_LOG_INFO));
  presign_log_say (log, PRESIGN_LOG_INFO, "not this");
  presign_log_say (log, PRESIGN_LOG_WARNING, "this %d", 1);
  presign_log_request (log, &(PresignLogRequest) { .route = "/a", .status = 200 });
  presign_log_request (log, &(PresignLogRequest) { .route = "/b", .status = 502 });
  presign_log_free (log);
  close (ends[1]);
  text = read_all (ends[0]);
  close (ends[0]);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_nonnull (strstr (lines[0], "\"level\":\"warning\",\"message\":\"this 1\"}"));
  g_assert_nonnull (strstr (lines[1], "\"route\":\"/b\",\"status\":502"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign-log/format", test_format);
  g_test_add_func ("/presign-log/quote", test_quote);
  g_test_add_func ("/presign-log/levels", test_levels);
  return g_test_run ();
}
