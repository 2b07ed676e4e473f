/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli/cli-secret.h"

#include "engine/pw-error.h"
#include "engine/pw-keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define MAX_SECRET_SIZE 4096

/* Waits for one asynchronous call, on the default main context. */
typedef struct {
  GMainLoop *loop;
  GAsyncResult *result;
} Wait;

static void
on_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->result = g_object_ref (result);
  g_main_loop_quit (wait->loop);
}

static GAsyncResult *
wait_for (Wait *wait)
{
  if (!wait->result) {
    g_main_loop_run (wait->loop);
  }
  g_main_loop_unref (wait->loop);
  return wait->result;
}

static gboolean
has_display (void)
{
  const char *wayland = g_getenv ("WAYLAND_DISPLAY");
  const char *x11 = g_getenv ("DISPLAY");

  return (wayland && *wayland) || (x11 && *x11);
}

/* Byte by byte, so that what comes after the line stays for others. FALSE: no line, or too long. */
static gboolean
read_line (int fd, char *line)
{
  gsize length = 0;
  gssize n_read;

  while (length < MAX_SECRET_SIZE) {
    n_read = read (fd, line + length, 1);
    if (n_read < 0 && errno == EINTR) {
      continue;
    }
    if (n_read <= 0 || line[length] == '\n') {
      break;
    }
    length++;
  }
  if (length == MAX_SECRET_SIZE) {
    return FALSE;
  }
  if (length > 0 && line[length - 1] == '\r') {
    length--;
  }
  line[length] = '\0';
  return length > 0;
}

/* Without echo; how the terminal was is put back, also after a failure. */
static gboolean
read_from_terminal (int fd, const char *prompt, char *line)
{
  struct termios before, silent;
  gboolean is_read;

  if (tcgetattr (fd, &before) != 0) {
    return FALSE;
  }
  silent = before;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  g_printerr ("%s", prompt);
  tcsetattr (fd, TCSAFLUSH, &silent);
  is_read = read_line (fd, line);
  tcsetattr (fd, TCSAFLUSH, &before);
  g_printerr ("\n");
  return is_read;
}

char *
cli_secret_read (const char  *prompt,
                 GError     **error)
{
  char line[MAX_SECRET_SIZE + 1] = "";
  gboolean is_read = isatty (STDIN_FILENO) ? read_from_terminal (STDIN_FILENO, prompt, line)
                                           : read_line (STDIN_FILENO, line);
  char *secret = is_read ? g_strdup (line) : NULL;

  explicit_bzero (line, sizeof line);
  if (!secret) {
    g_set_error_literal (error, PW_ERROR, PW_ERROR_CREDENTIALS_MISSING,
                         _("No secret key was given. Type it in, or give it on standard input."));
  }
  return secret;
}

gboolean
cli_secret_store (PwDestination        *destination,
                  const S3Credentials  *credentials,
                  GError              **error)
{
  Wait wait = { .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (GAsyncResult) result = NULL;

  pw_keyring_store (destination->id, destination->name, credentials, has_display (), 0, NULL,
                    on_ended_cb, &wait);
  result = wait_for (&wait);
  return pw_keyring_store_finish (result, error);
}

gboolean
cli_secret_clear (PwDestination  *destination,
                  GError        **error)
{
  Wait wait = { .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (GAsyncResult) result = NULL;

  pw_keyring_clear (destination->id, has_display (), 0, NULL, on_ended_cb, &wait);
  result = wait_for (&wait);
  return pw_keyring_clear_finish (result, error);
}

gboolean
cli_secret_prepare (PwCredentials  *credentials,
                    GError        **error)
{
  Wait wait = { .loop = g_main_loop_new (NULL, FALSE) };
  g_autoptr (GAsyncResult) result = NULL;

  pw_credentials_prepare_async (credentials, has_display (), NULL, on_ended_cb, &wait);
  result = wait_for (&wait);
  return pw_credentials_prepare_finish (credentials, result, error);
}

gboolean
cli_secret_is_of_keyring (const GError *error)
{
  return g_error_matches (error, PW_ERROR, PW_ERROR_KEYRING_LOCKED) ||
         g_error_matches (error, PW_ERROR, PW_ERROR_KEYRING_ABSENT) ||
         g_error_matches (error, PW_ERROR, PW_ERROR_KEYRING_REFUSED);
}
