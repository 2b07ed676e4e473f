/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "aws/aws-process.h"

#include "aws/aws-error.h"

#include <string.h>

#define GOOD \
  "{\"Version\": 1, \"AccessKeyId\": \"AK\", \"SecretAccessKey\": \"SK\"," \
  " \"SessionToken\": \"ST\", \"Expiration\": \"2026-01-31T12:00:00Z\"}"

static void
test_parse (void)
{
  static const struct {
    const char *json;
    const char *token;
    gint64 expires;
  } cases[] = {
    { GOOD, "ST", 1769860800 },
    { "{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\"}", NULL, 0 },
    { "{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\",\"SessionToken\":\"\","
      "\"Expiration\":null}", NULL, 0 },
    { "{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\","
      "\"Expiration\":\"2026-01-31T14:00:00+02:00\",\"Other\":[]}", NULL, 1769860800 },
    { "{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\","
      "\"Expiration\":\"2026-01-31T12:00:00\"}\n", NULL, 1769860800 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gint64 expires = -1;
    g_autoptr (S3Credentials) credentials =
      aws_process_parse (cases[i].json, strlen (cases[i].json), &expires, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (credentials->access_key, ==, "AK");
    g_assert_cmpstr (credentials->secret_key, ==, "SK");
    g_assert_cmpstr (credentials->session_token, ==, cases[i].token);
    g_assert_cmpint (expires, ==, cases[i].expires);
  }
}

static void
test_parse_refused (void)
{
  static const char *const cases[] = {
    "", "SK", "[]", "{}", "{\"Version\":1}", "{\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\"}",
    "{\"Version\":2,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\"}",
    "{\"Version\":\"1\",\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\"}",
    "{\"Version\":1,\"AccessKeyId\":\"\",\"SecretAccessKey\":\"SK\"}",
    "{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":1}",
    "{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\",\"Expiration\":\"soon\"}",
    "{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\",\"Expiration\":1}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gint64 expires = -1;

    g_assert_null (aws_process_parse (cases[i], strlen (cases[i]), &expires, &error));
    g_assert_error (error, AWS_ERROR, AWS_ERROR_MISSING);
    g_assert_cmpint (expires, ==, -1);
    g_assert_null (strstr (error->message, "SK"));
  }
}

static void
test_run (void)
{
  g_auto (GStrv) envp = g_environ_setenv (g_get_environ (), "JSON", GOOD, TRUE);
  g_autoptr (GError) error = NULL;
  gint64 expires = -1;
  g_autoptr (S3Credentials) credentials =
    aws_process_run ("sh -c 'cat; echo noise >&2; printf \"%s\" \"$JSON\"'", envp, 0, &expires,
                     &error);

  g_assert_no_error (error);
  g_assert_cmpstr (credentials->session_token, ==, "ST");
  g_assert_cmpint (expires, ==, 1769860800);
}

static void
test_run_refused (void)
{
  static const struct {
    const char *command;
    guint timeout_ms;
    const char *words;
  } cases[] = {
    { "no-such-program-SK", 0, "cannot be started" },
    { "sh 'SK", 0, "quotes" },
    { "", 0, "quotes" },
    { "sh -c 'echo SK; exit 1'", 0, "failed" },
    { "sh -c 'kill -9 $$'", 0, "failed" },
    { "echo SK", 0, "did not print credentials" },
    /* No shell: this is one program with a strange name. */
    { "'echo SK; true'", 0, "cannot be started" },
    { "sleep 1000", 20, "in time" },
    { "sh -c 'exec >&-; exec sleep 1000'", 20, "in time" },
    { "yes SK", 0, "in time" },
  };
  g_auto (GStrv) envp = g_get_environ ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    gint64 expires = -1;

    g_assert_null (aws_process_run (cases[i].command, envp, cases[i].timeout_ms, &expires,
                                    &error));
    g_assert_error (error, AWS_ERROR, AWS_ERROR_MISSING);
    g_assert_nonnull (strstr (error->message, cases[i].words));
    g_assert_null (strstr (error->message, "SK"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/aws-process/parse", test_parse);
  g_test_add_func ("/aws-process/parse/refused", test_parse_refused);
  g_test_add_func ("/aws-process/run", test_run);
  g_test_add_func ("/aws-process/run/refused", test_run_refused);
  return g_test_run ();
}
