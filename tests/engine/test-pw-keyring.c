/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-keyring.h"

#include "engine/pw-error.h"
#include "engine/pw-keyring-text.h"

#include <dlfcn.h>
#include <glib/gstdio.h>
#include <string.h>

#define SILENCE_MS 200

static const char *self_path;

static void
test_text (void)
{
  g_autoptr (S3Credentials) with_token = s3_credentials_new ("A\"", "S\n", "T");
  g_autoptr (S3Credentials) without = s3_credentials_new ("A", "S", NULL);
  g_autofree char *text = pw_keyring_text_new (with_token);
  g_autofree char *short_text = pw_keyring_text_new (without);
  g_autoptr (S3Credentials) again = pw_keyring_text_parse (text);
  g_autoptr (S3Credentials) short_again = pw_keyring_text_parse (short_text);

  g_assert_cmpstr (again->access_key, ==, "A\"");
  g_assert_cmpstr (again->secret_key, ==, "S\n");
  g_assert_cmpstr (again->session_token, ==, "T");
  g_assert_cmpstr (short_text, ==, "{\"access-key\":\"A\",\"secret-key\":\"S\"}");
  g_assert_null (short_again->session_token);
  g_assert_null (pw_keyring_text_parse (""));
  g_assert_null (pw_keyring_text_parse ("[]"));
  g_assert_null (pw_keyring_text_parse ("{\"access-key\":\"A\"}"));
}

static void
on_ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (!*result) {
    g_main_context_iteration (NULL, TRUE);
  }
  return *result;
}

static void
store (const char *id, const char *access_key, gboolean allow_prompt, GError **error)
{
  g_autoptr (S3Credentials) credentials = s3_credentials_new (access_key, "the-secret", "T");
  g_autoptr (GAsyncResult) result = NULL;

  pw_keyring_store (id, "Test", credentials, allow_prompt, 0, NULL, on_ready_cb, &result);
  pw_keyring_store_finish (wait_for (&result), error);
}

static S3Credentials *
lookup (const char *id, gboolean allow_prompt, guint timeout_ms, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  pw_keyring_lookup (id, allow_prompt, timeout_ms, NULL, on_ready_cb, &result);
  return pw_keyring_lookup_finish (wait_for (&result), error);
}

static void
clear (const char *id, gboolean allow_prompt, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  pw_keyring_clear (id, allow_prompt, 0, NULL, on_ready_cb, &result);
  pw_keyring_clear_finish (wait_for (&result), error);
}

static void
assert_stored (const char *id, const char *access_key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (S3Credentials) found = lookup (id, FALSE, 0, &error);

  if (!access_key) {
    g_assert_error (error, PW_ERROR, PW_ERROR_CREDENTIALS_MISSING);
    return;
  }
  g_assert_no_error (error);
  g_assert_cmpstr (found->access_key, ==, access_key);
  g_assert_cmpstr (found->secret_key, ==, "the-secret");
  g_assert_cmpstr (found->session_token, ==, "T");
}

static void
assert_all_fail (const char *id, gboolean allow_prompt, PwError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lookup (id, allow_prompt, 0, &error));
  g_assert_error (error, PW_ERROR, (int) code);
  g_clear_error (&error);
  clear (id, allow_prompt, &error);
  g_assert_error (error, PW_ERROR, (int) code);
  g_clear_error (&error);
  store (id, "C", allow_prompt, &error);
  g_assert_error (error, PW_ERROR, (int) code);
  g_assert_null (strstr (error->message, "the-secret"));
}

/* With the Secret Service, and with the file that takes its place inside Flatpak. */
static void
inside_open (void)
{
  g_autoptr (GError) error = NULL;

  assert_stored ("one", NULL);
  store ("one", "A", FALSE, &error);
  g_assert_no_error (error);
  store ("two", "B", FALSE, &error);
  g_assert_no_error (error);
  assert_stored ("one", "A");
  assert_stored ("two", "B");
  store ("one", "C", FALSE, &error);
  g_assert_no_error (error);
  assert_stored ("one", "C");
  clear ("one", FALSE, &error);
  g_assert_no_error (error);
  assert_stored ("one", NULL);
  assert_stored ("two", "B");
  clear ("one", FALSE, &error);
  g_assert_no_error (error);
}

static void
run_server_script (const char *verb)
{
  g_autofree char *script = g_build_filename (g_getenv ("PARTWAY_SOURCE"), "tests", "servers",
                                              "keyring", NULL);
  const char *argv[] = { script, verb, NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_NONE, NULL);

  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
}

/* A locked keyring says nothing of itself: "there is nothing" must not be taken for it, nor it for
 * that. Its question is dismissed at once, since nobody is there to answer. */
static void
inside_locked (void)
{
  g_autoptr (GError) error = NULL;

  run_server_script ("unlock");
  store ("one", "A", FALSE, &error);
  g_assert_no_error (error);
  run_server_script ("lock");
  assert_all_fail ("one", FALSE, PW_ERROR_KEYRING_LOCKED);
  assert_all_fail ("one", TRUE, PW_ERROR_KEYRING_REFUSED);
  assert_stored ("nothing-stored", NULL);
  run_server_script ("unlock");
  assert_stored ("one", "A");
}

static GDBusMessage *
swallow_calls (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer data)
{
  if (incoming && g_dbus_message_get_message_type (message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL &&
      g_strcmp0 (g_dbus_message_get_interface (message), "org.freedesktop.DBus.Peer") != 0) {
    g_object_unref (message);
    return NULL;
  }
  return message;
}

/* Takes a name on the bus, and never answers there. */
static GDBusConnection *
new_silent_owner (const char *name)
{
  GDBusConnection *connection =
    g_dbus_connection_new_for_address_sync (g_getenv ("DBUS_SESSION_BUS_ADDRESS"),
                                            G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                            G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                            NULL, NULL, NULL);
  g_autoptr (GVariant) reply = NULL;

  g_assert_nonnull (connection);
  g_dbus_connection_add_filter (connection, swallow_calls, NULL, NULL);
  reply = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", name, 4), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (reply);
  return connection;
}

/* The user is asked, and does not answer. */
static void
inside_unanswered (void)
{
  g_autoptr (GDBusConnection) prompter = NULL;
  g_autoptr (GError) error = NULL;

  run_server_script ("unlock");
  store ("one", "A", FALSE, &error);
  g_assert_no_error (error);
  run_server_script ("lock");
  prompter = new_silent_owner ("org.gnome.keyring.SystemPrompter");
  g_assert_null (lookup ("one", TRUE, SILENCE_MS, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_KEYRING_LOCKED);
  g_assert_nonnull (strstr (error->message, "in time"));
}

/* gnome-keyring's own stand-in for the user, of which there is no header. */
typedef struct {
  void *library;
  const char *(*start) (void);
  void (*expect_password_ok) (const char *password, const char *first_property, ...);
} Prompter;

static void
prompter_load (Prompter *prompter)
{
  prompter->library = dlopen ("libgcr-base-3.so.1", RTLD_NOW);
  if (!prompter->library) {
    prompter->library = dlopen ("libgcr-4.so.4", RTLD_NOW);
  }
  if (!prompter->library) {
    g_error ("GCR is missing, with which gnome-keyring asks for passwords; install gnome-keyring");
  }
  *(void **) &prompter->start = dlsym (prompter->library, "gcr_mock_prompter_start");
  *(void **) &prompter->expect_password_ok = dlsym (prompter->library,
                                                    "gcr_mock_prompter_expect_password_ok");
  g_assert_true (prompter->start && prompter->expect_password_ok);
}

/* As tests/servers/keyring starts it, but asking @prompter, a name on the bus. */
static GSubprocess *
start_daemon (const char *prompter)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE);
  g_autofree char *program = g_find_program_in_path ("gnome-keyring-daemon");
  g_autofree char *copy = g_build_filename (g_get_user_runtime_dir (), "keyring-daemon", NULL);
  g_autoptr (GFile) source = g_file_new_for_path (program);
  g_autoptr (GFile) target = g_file_new_for_path (copy);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_assert_true (g_file_copy (source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, NULL));
  g_subprocess_launcher_setenv (launcher, "GNOME_KEYRING_TEST_PROMPTER", prompter, TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, "setpriv", "--pdeathsig", "KILL", copy,
                                         "--foreground", "--unlock", "--components=secrets", NULL);
  g_assert_no_error (error);
  g_assert_true (g_output_stream_write_all (g_subprocess_get_stdin_pipe (process), "testpw", 6,
                                            NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (g_subprocess_get_stdin_pipe (process), NULL, NULL));
  return process;
}

static void
on_name_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* The user is asked, and unlocks: the call goes on as if nothing had been. */
static void
inside_unlocked (void)
{
  Prompter prompter;
  g_autoptr (GSubprocess) daemon = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (S3Credentials) found = NULL;
  gboolean is_there = FALSE;
  guint watch;

  prompter_load (&prompter);
  daemon = start_daemon (prompter.start ());
  watch = g_bus_watch_name (G_BUS_TYPE_SESSION, "org.freedesktop.secrets",
                            G_BUS_NAME_WATCHER_FLAGS_NONE, on_name_cb, NULL, &is_there, NULL);
  while (!is_there) {
    g_main_context_iteration (NULL, TRUE);
  }
  g_bus_unwatch_name (watch);

  store ("one", "A", FALSE, &error);
  g_assert_no_error (error);
  run_server_script ("lock");
  prompter.expect_password_ok ("testpw", NULL);
  found = lookup ("one", TRUE, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found->access_key, ==, "A");
  run_server_script ("lock");
  prompter.expect_password_ok ("testpw", NULL);
  store ("one", "B", TRUE, &error);
  g_assert_no_error (error);
  run_server_script ("lock");
  prompter.expect_password_ok ("testpw", NULL);
  clear ("one", TRUE, &error);
  g_assert_no_error (error);
  assert_stored ("one", NULL);
  g_subprocess_force_exit (daemon);
}

static void
inside_absent (void)
{
  assert_all_fail ("one", FALSE, PW_ERROR_KEYRING_ABSENT);
  assert_all_fail ("one", TRUE, PW_ERROR_KEYRING_ABSENT);
}

/* A keyring that hangs: time-out and cancellation end the call without it. */
static void
inside_silent (void)
{
  g_autoptr (GDBusConnection) service G_GNUC_UNUSED = new_silent_owner ("org.freedesktop.secrets");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (lookup ("one", FALSE, SILENCE_MS, &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_KEYRING_ABSENT);
  g_assert_nonnull (strstr (error->message, "does not answer"));
  g_clear_error (&error);
  pw_keyring_lookup ("one", FALSE, 0, cancellable, on_ready_cb, &result);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  g_assert_null (pw_keyring_lookup_finish (wait_for (&result), &error));
  g_assert_error (error, PW_ERROR, PW_ERROR_CANCELLED);
}

static void
run_inside (gconstpointer data)
{
  g_autofree char *script = g_build_filename (g_getenv ("PARTWAY_SOURCE"), "tests", "servers",
                                              "keyring", NULL);
  const char *const *words = data;      /* state, test */
  g_autofree char *output = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (argv, script);
  g_ptr_array_add (argv, (char *) "run");
  if (*words[0]) {
    g_ptr_array_add (argv, (char *) words[0]);
  }
  g_ptr_array_add (argv, (char *) self_path);
  g_ptr_array_add (argv, (char *) "-p");
  g_ptr_array_add (argv, (char *) words[1]);
  g_ptr_array_add (argv, NULL);
  process = g_subprocess_newv ((const char *const *) argv->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (process));
  g_assert_nonnull (strstr (output, "ok 1 "));
}

/* No bus, no service: libsecret's own file, as inside Flatpak. */
static void
test_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("partway-keyring-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "keyring", NULL);
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  const char *sanitizer = g_getenv ("ASAN_OPTIONS");
  g_autofree char *no_leaks = g_strconcat (sanitizer ? sanitizer : "", ":detect_leaks=0", NULL);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  /* libsecret 0.20 forgets the file's older ETag each time that it writes. */
  g_subprocess_launcher_setenv (launcher, "ASAN_OPTIONS", no_leaks, TRUE);
  g_subprocess_launcher_setenv (launcher, "SECRET_BACKEND", "file", TRUE);
  g_subprocess_launcher_setenv (launcher, "SECRET_FILE_TEST_PATH", path, TRUE);
  g_subprocess_launcher_setenv (launcher, "SECRET_FILE_TEST_PASSWORD", "pw", TRUE);
  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere", TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, self_path, "-p", "/inside/open", NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_remove (path);
  g_rmdir (folder);
}

/* Each runs this program again, in a session of its own. */
static void
add_outside (void)
{
  static const struct {
    const char *path;
    const char *words[2];
  } cases[] = {
    { "/pw-keyring/open", { "", "/inside/open" } },
    { "/pw-keyring/locked", { "--locked", "/inside/locked" } },
    { "/pw-keyring/unanswered", { "--locked", "/inside/unanswered" } },
    { "/pw-keyring/unlocked", { "--absent", "/inside/unlocked" } },
    { "/pw-keyring/absent", { "--absent", "/inside/absent" } },
    { "/pw-keyring/silent", { "--absent", "/inside/silent" } },
  };

  g_test_add_func ("/pw-keyring/text", test_text);
  g_test_add_func ("/pw-keyring/file", test_file);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_add_data_func (cases[i].path, cases[i].words, run_inside);
  }
}

int
main (int argc, char **argv)
{
  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  if (g_getenv ("PARTWAY_INSIDE_KEYRING")) {
    g_test_add_func ("/inside/open", inside_open);
    g_test_add_func ("/inside/locked", inside_locked);
    g_test_add_func ("/inside/unanswered", inside_unanswered);
    g_test_add_func ("/inside/unlocked", inside_unlocked);
    g_test_add_func ("/inside/absent", inside_absent);
    g_test_add_func ("/inside/silent", inside_silent);
  } else {
    g_setenv ("PARTWAY_INSIDE_KEYRING", "1", TRUE);
    add_outside ();
  }
  return g_test_run ();
}
