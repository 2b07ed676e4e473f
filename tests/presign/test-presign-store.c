/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign-fixture.h"

#include "tests/engine/store-fixture.h"
#include "tests/http/scripted-server.h"

#include <glib/gstdio.h>
#include <string.h>

#define BODY "{\"key\":\"a\",\"uploadId\":\"u\",\"partNumber\":7}"
#define N_PARTS 10000

/* Credentials from a program, whose answer the test changes. */
typedef struct {
  char *folder;
  char *answer;
  char *config;
} Source;

static void
source_set (Source     *source,
            const char *key,
            gint64      expires)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (expires);
  g_autofree char *time = g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
  g_autofree char *text = g_strdup_printf ("{\"Version\":1,\"AccessKeyId\":\"%s\","
                                           "\"SecretAccessKey\":\"s\",\"SessionToken\":\"t+%s\","
                                           "\"Expiration\":\"%s\"}", key, key, time);

  g_assert_true (g_file_set_contents (source->answer, text, -1, NULL));
}

static void
source_init (Source *source)
{
  g_autofree char *text = NULL;

  source->folder = g_dir_make_tmp ("presign-XXXXXX", NULL);
  source->answer = g_build_filename (source->folder, "answer", NULL);
  source->config = g_build_filename (source->folder, "config", NULL);
  text = g_strdup_printf ("[profile up]\ncredential_process = cat %s\n", source->answer);
  g_assert_true (g_file_set_contents (source->config, text, -1, NULL));
  g_setenv ("AWS_CONFIG_FILE", source->config, TRUE);
  g_setenv ("AWS_PROFILE", "up", TRUE);
}

static void
source_clear (Source *source)
{
  g_unsetenv ("AWS_CONFIG_FILE");
  g_unsetenv ("AWS_PROFILE");
  g_unlink (source->answer);
  g_unlink (source->config);
  g_rmdir (source->folder);
  g_free (source->folder);
  g_free (source->answer);
  g_free (source->config);
}

/* No URL outlives the keys that signed it; keys are read again before they end. */
static void
test_credentials (void)
{
  static const char *const settings[] = { "credentials", "profile", NULL };
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  Source source = { 0 };
  g_autoptr (PresignFixture) fixture = NULL;

  source_init (&source);
  source_set (&source, "ONE", now + 1000);
  fixture = presign_fixture_new (settings);
  fixture->now = now;
  g_assert_cmpuint (presign_fixture_post (fixture, "/get-presigned-url", BODY), ==, 200);
  g_assert_nonnull (strstr (fixture->text, "X-Amz-Credential=ONE%2F"));
  g_assert_nonnull (strstr (fixture->text, "X-Amz-Expires=900&X-Amz-SignedHeaders=host&"
                            "X-Amz-Security-Token=t%2BONE&X-Amz-Signature="));
  fixture->now = now + 600;
  g_assert_cmpuint (presign_fixture_post (fixture, "/get-presigned-url", BODY), ==, 200);
  g_assert_nonnull (strstr (fixture->text, "X-Amz-Expires=400&"));
  source_set (&source, "TWO", now + 100000);
  fixture->now = now + 710;
  g_assert_cmpuint (presign_fixture_post (fixture, "/get-presigned-url", BODY), ==, 200);
  g_assert_nonnull (strstr (fixture->text, "X-Amz-Credential=TWO%2F"));
  g_assert_nonnull (strstr (fixture->text, "X-Amz-Expires=900&"));
  /* What cannot be renewed goes on to its end, and no further. */
  source_set (&source, "", now);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  fixture->now = now + 99990;
  g_assert_cmpuint (presign_fixture_post (fixture, "/get-presigned-url", BODY), ==, 200);
  g_assert_nonnull (strstr (fixture->text, "X-Amz-Expires=10&"));
  fixture->now = now + 100000;
  g_assert_cmpuint (presign_fixture_post (fixture, "/get-presigned-url", BODY), ==, 503);
  g_assert_cmpuint (presign_fixture_post (fixture, "/sign",
                                          "{\"method\":\"PUT\",\"key\":\"a\"}"), ==, 503);
  source_clear (&source);
}

/* A day later the key of the day is another one. */
static void
test_day (void)
{
  g_autoptr (PresignFixture) fixture = presign_fixture_new (NULL);

  presign_fixture_post (fixture, "/get-presigned-url", BODY);
  g_assert_nonnull (strstr (fixture->text, "%2F20231114%2F"));
  fixture->now += 2 * 24 * 60 * 60;
  presign_fixture_post (fixture, "/get-presigned-url", BODY);
  g_assert_nonnull (strstr (fixture->text, "%2F20231116%2F"));
}

/* What the store says of its region counts for what is signed after it. */
static void
test_region (void)
{
  g_autoptr (StoreFixture) store = store_fixture_new (NULL, "any: region eu-west-9 400\n");
  g_autoptr (PresignFixture) fixture = presign_fixture_new_with_store (store->url, NULL);

  g_assert_cmpuint (presign_fixture_post (fixture, "/start-multipart-upload",
                                          "{\"fileName\":\"a\"}"), ==, 200);
  g_assert_cmpuint (presign_fixture_post (fixture, "/get-presigned-url", BODY), ==, 200);
  g_assert_nonnull (strstr (fixture->text, "%2Feu-west-9%2Fs3%2F"));
}

/* Nobody is there, or somebody who is no store. */
static void
nonsense_cb (ScriptedConn *conn)
{
  g_autofree char *head = scripted_conn_read_head (conn);

  if (head) {
    scripted_conn_write (conn, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n"
                         "Connection: close\r\n\r\nWhat");
  }
}

static void
test_no_store (void)
{
  g_autoptr (ScriptedServer) server = scripted_server_new (nonsense_cb, NULL, NULL);
  g_autofree char *url = scripted_server_dup_url (server, "");
  g_autoptr (PresignFixture) fixture = presign_fixture_new_with_store (url, NULL);

  g_assert_cmpuint (presign_fixture_post (fixture, "/v2/uploads", "{\"fileName\":\"a\"}"), ==, 502);
  g_assert_nonnull (strstr (fixture->text, "\"retryable\":true"));
  g_assert_cmpuint (presign_fixture_post (fixture, "/start-multipart-upload",
                                          "{\"fileName\":\"a\"}"), ==, 500);
  g_clear_pointer (&server, scripted_server_free);
  g_assert_cmpuint (presign_fixture_post (fixture, "/v2/uploads", "{\"fileName\":\"a\"}"), ==, 502);
}

typedef struct {
  guint n_parts;                /* of the last request */
} Counter;

static void
count_cb (ScriptedConn *conn)
{
  Counter *counter = conn->user_data;
  static const char answer[] = "<CompleteMultipartUploadResult><Location>l</Location><Bucket>b"
                               "</Bucket><Key>k</Key><ETag>\"e-10000\"</ETag>"
                               "</CompleteMultipartUploadResult>";
  g_autofree char *head = scripted_conn_read_head (conn);
  g_autoptr (GBytes) body =
    head ? scripted_conn_read_body (conn, scripted_get_length (head)) : NULL;
  g_autofree char *text = NULL;
  g_autofree char *reply = NULL;

  if (!body) {
    return;
  }
  text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  counter->n_parts = 0;
  for (const char *at = text; (at = strstr (at, "<Part>")); at++) {
    counter->n_parts++;
  }
  reply = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n"
                           "Connection: close\r\n\r\n%s", strlen (answer), answer);
  scripted_conn_write (conn, reply);
}

static char *
dup_large (const char *head,
           const char *part)
{
  g_auto (GStrv) halves = g_strsplit (part, "NUMBER", 2);
  GString *text = g_string_new (head);

  for (guint i = 1; i <= N_PARTS; i++) {
    g_string_append_printf (text, "%s%s%u%s", i > 1 ? ", " : "", halves[0], i, halves[1]);
  }
  g_string_append (text, "]}");
  return g_string_free (text, FALSE);
}

/* The longest list of parts fits into the longest body, however a client spaces it. */
static void
test_large (void)
{
  static const struct {
    const char *url;
    const char *head;
    const char *part;
  } dialects[] = {
    { "/complete-multipart-upload", "{\"uploadId\": \"u\", \"key\": \"a\", \"parts\": [",
      "{\"PartNumber\": NUMBER, \"ETag\": \"\\\"0123456789abcdef0123456789abcdef\\\"\"}" },
    { "/s3/multipart/u/complete?key=a", "{\"parts\": [",
      "{\"PartNumber\": NUMBER, \"ETag\": \"\\\"0123456789abcdef0123456789abcdef\\\"\"}" },
    { "/v2/uploads/complete", "{\"uploadId\": \"u\", \"key\": \"a\", \"parts\": [",
      "{\"n\":NUMBER,\"etag\":\"0123456789abcdef0123456789abcdef\","
      "\"checksum\":\"1f4tPzBfFhk=\"}" },
  };
  Counter counter = { 0 };
  g_autoptr (ScriptedServer) server = scripted_server_new (count_cb, &counter, NULL);
  g_autofree char *url = scripted_server_dup_url (server, "");
  g_autoptr (PresignFixture) fixture = presign_fixture_new_with_store (url, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (dialects); i++) {
    g_autofree char *body = dup_large (dialects[i].head, dialects[i].part);

    g_assert_cmpuint (strlen (body), <, PRESIGN_MAX_BODY);
    g_assert_cmpuint (presign_fixture_post (fixture, dialects[i].url, body), ==, 200);
    g_assert_cmpuint (counter.n_parts, ==, N_PARTS);
  }
  g_clear_pointer (&server, scripted_server_free);
}

static void
test_too_large (void)
{
  static const char *const urls[] = { "/get-presigned-url", "/s3/multipart", "/sign",
                                      "/v2/uploads" };
  g_autoptr (PresignFixture) fixture = presign_fixture_new (NULL);
  g_autofree char *large = g_strnfill (PRESIGN_MAX_BODY + 1, ' ');
  g_autofree char *deep = g_strnfill (PRESIGN_MAX_BODY, '[');

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_assert_cmpuint (presign_fixture_post (fixture, urls[i], large), ==, 413);
    g_assert_cmpuint (presign_fixture_post (fixture, urls[i], deep), ==, i == 0 ? 422 : 400);
  }
}

int
main (int   argc,
      char *argv[])
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presign/store/credentials", test_credentials);
  g_test_add_func ("/presign/store/day", test_day);
  g_test_add_func ("/presign/store/region", test_region);
  g_test_add_func ("/presign/store/no-store", test_no_store);
  g_test_add_func ("/presign/store/large", test_large);
  g_test_add_func ("/presign/store/too-large", test_too_large);
  return g_test_run ();
}
