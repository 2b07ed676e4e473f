/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "aws/aws-process.h"

#include "aws/aws-answer.h"
#include "aws/aws-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define USUAL_TIMEOUT_MS 60000
#define MAX_OUTPUT 65536

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, AWS_ERROR, AWS_ERROR_MISSING, sentence);
  return FALSE;
}

/* Takes the words apart; a profile's command may name a program that is not there. */
static gboolean
start (const char *command, char **envp, GPid *pid, int *output, GError **error)
{
  g_auto (GStrv) argv = NULL;

  if (!g_shell_parse_argv (command, NULL, &argv, NULL)) {
    return refuse (error, _("The profile’s credential_process is no command: check its quotes."));
  }
  if (!g_spawn_async_with_pipes (NULL, argv, envp,
                                 G_SPAWN_SEARCH_PATH | G_SPAWN_SEARCH_PATH_FROM_ENVP |
                                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL |
                                 G_SPAWN_CLOEXEC_PIPES,
                                 NULL, NULL, pid, NULL, output, NULL, NULL)) {
    return refuse (error, _("The command of the profile’s credential_process cannot be started. "
                            "Check that it is installed."));
  }
  return TRUE;
}

/* FALSE: not in time, or too much. @length: what is in @buffer. */
static gboolean
read_output (int output, char *buffer, gsize *length, gint64 deadline)
{
  for (;;) {
    struct pollfd watched = { .fd = output, .events = POLLIN };
    gint64 left_ms = (deadline - g_get_monotonic_time ()) / 1000;
    gssize n_read;

    if (left_ms <= 0 || *length == MAX_OUTPUT) {
      return FALSE;
    }
    if (poll (&watched, 1, (int) left_ms) <= 0) {
      continue;
    }
    n_read = read (output, buffer + *length, MAX_OUTPUT - *length);
    if (n_read < 0 && errno == EINTR) {
      continue;
    }
    if (n_read <= 0) {
      return n_read == 0;
    }
    *length += (gsize) n_read;
  }
}

/* A command that has closed its output is given the rest of the time to end. */
static gboolean
wait_for_end (GPid pid, gint64 deadline, int *status)
{
  while (waitpid (pid, status, WNOHANG) == 0) {
    if (g_get_monotonic_time () >= deadline) {
      return FALSE;
    }
    g_usleep (5000);
  }
  return TRUE;
}

static void
end_by_force (GPid pid)
{
  int status;

  kill (pid, SIGKILL);
  while (waitpid (pid, &status, 0) == -1 && errno == EINTR) {
  }
}

static gboolean
collect (GPid pid, int output, char *buffer, gsize *length, gint64 deadline, GError **error)
{
  int status = 0;

  if (!read_output (output, buffer, length, deadline) || !wait_for_end (pid, deadline, &status)) {
    end_by_force (pid);
    return refuse (error, _("The command of the profile’s credential_process did not end in time. "
                            "Run it in a terminal to see what it waits for."));
  }
  if (!WIFEXITED (status) || WEXITSTATUS (status) != 0) {
    return refuse (error, _("The command of the profile’s credential_process failed. Run it in a "
                            "terminal to see why; perhaps you have to sign in anew."));
  }
  return TRUE;
}

S3Credentials *
aws_process_run (const char  *command,
                 char       **envp,
                 guint        timeout_ms,
                 gint64      *expires,
                 GError     **error)
{
  g_autofree char *buffer = NULL;
  S3Credentials *credentials = NULL;
  gint64 deadline;
  gsize length = 0;
  int output = -1;
  GPid pid;

  g_return_val_if_fail (command != NULL && expires != NULL, NULL);

  deadline = g_get_monotonic_time () + 1000 * (gint64) (timeout_ms ? timeout_ms : USUAL_TIMEOUT_MS);
  if (!start (command, envp, &pid, &output, error)) {
    return NULL;
  }
  buffer = g_malloc (MAX_OUTPUT);
  if (collect (pid, output, buffer, &length, deadline, error)) {
    credentials = aws_process_parse (buffer, length, expires, error);
  }
  g_close (output, NULL);
  g_spawn_close_pid (pid);
  explicit_bzero (buffer, MAX_OUTPUT);
  return credentials;
}

S3Credentials *
aws_process_parse (const char  *json,
                   gsize        length,
                   gint64      *expires,
                   GError     **error)
{
  AwsAnswer answer = { 0 };

  g_return_val_if_fail (expires != NULL, NULL);

  switch (aws_answer_parse (json, length, "SessionToken", &answer)) {
  case AWS_ANSWER_OK:
    if (answer.version != 1)
      break;
    *expires = answer.expires;
    return answer.credentials;
  case AWS_ANSWER_BAD_TIME:
    refuse (error, _("The command of the profile’s credential_process printed an Expiration that "
                     "is no time, like 2026-01-31T12:00:00Z."));
    return NULL;
  case AWS_ANSWER_BROKEN:
  default:
    break;
  }
  g_clear_pointer (&answer.credentials, s3_credentials_free);
  refuse (error, _("The command of the profile’s credential_process did not print credentials: "
                   "it must print JSON with Version 1, AccessKeyId and SecretAccessKey."));
  return NULL;
}
