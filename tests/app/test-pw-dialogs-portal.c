/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-dialogs.h"

#include "app-fixture.h"
#include "portal-fixture.h"

/* What the portal of a sandbox answers, and what is made of it. */

typedef struct {
  PwChooseKind kind;
  guint response;
  const char *uri;              /* NULL: none is handed over */
  int error;                    /* G_IO_ERROR_…; -1: none */
} Answer;

typedef struct {
  gboolean is_called;
  GListModel *files;
  GError *error;
} Chosen;

static PortalFixture *portal;

static void
chosen_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Chosen *chosen = data;

  chosen->files = pw_dialogs_choose_finish (result, &chosen->error);
  chosen->is_called = TRUE;
}

static void
check_files (const Chosen *chosen,
             const Answer *answer)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *uri = NULL;

  if (!answer->uri || answer->error >= 0) {
    g_assert_null (chosen->files);
    return;
  }
  g_assert_cmpuint (g_list_model_get_n_items (chosen->files), ==, 1);
  file = g_list_model_get_item (chosen->files, 0);
  uri = g_file_get_uri (file);
  g_assert_cmpstr (uri, ==, answer->uri);
}

static void
check (GtkWindow    *window,
       const Answer *answer)
{
  const char *uris[] = { answer->uri, NULL };
  Chosen chosen = { 0 };

  portal_fixture_set_answer (portal, answer->response, uris);
  pw_dialogs_choose (GTK_WIDGET (window), answer->kind, "Add Files", chosen_cb, &chosen);
  app_fixture_wait (chosen.is_called);
  if (answer->error >= 0)
    g_assert_error (chosen.error, G_IO_ERROR, answer->error);
  else
    g_assert_no_error (chosen.error);
  check_files (&chosen, answer);
  g_clear_object (&chosen.files);
  g_clear_error (&chosen.error);
}

static void
check_all (const Answer *answers,
           guint         n_answers)
{
  GtkWindow *window = app_fixture_show (gtk_label_new ("Page"));

  for (guint i = 0; i < n_answers; i++)
    check (window, &answers[i]);
  gtk_window_destroy (window);
}

static void
test_chosen (void)
{
  const Answer answers[] = {
    { PW_CHOOSE_FILES, 0, "file:///nowhere/film.mov", -1 },
    { PW_CHOOSE_FILE, 0, "file:///nowhere/film.mov", -1 },
    { PW_CHOOSE_FOLDERS, 0, "file:///nowhere", -1 },
  };

  check_all (answers, G_N_ELEMENTS (answers));
}

static void
test_left (void)
{
  const Answer answers[] = {
    { PW_CHOOSE_FILES, 1, NULL, -1 },
    { PW_CHOOSE_FILE, 1, NULL, -1 },
    { PW_CHOOSE_FOLDERS, 2, NULL, -1 },
  };

  check_all (answers, G_N_ELEMENTS (answers));
}

/* As without FUSE: chosen, and yet not there. */
static void
test_empty (void)
{
  const Answer answers[] = {
    { PW_CHOOSE_FILES, 0, NULL, G_IO_ERROR_NOT_FOUND },
    { PW_CHOOSE_FILE, 0, NULL, G_IO_ERROR_NOT_FOUND },
    { PW_CHOOSE_FOLDERS, 0, NULL, G_IO_ERROR_NOT_FOUND },
  };

  check_all (answers, G_N_ELEMENTS (answers));
}

/* So some versions end themselves over the same. Nothing that GTK waits for comes then. */
static void
test_lost (void)
{
  const Answer answers[] = {
    { PW_CHOOSE_FILES, PORTAL_FIXTURE_ENDS, NULL, G_IO_ERROR_NOT_FOUND },
    { PW_CHOOSE_FILE, PORTAL_FIXTURE_ENDS, NULL, G_IO_ERROR_NOT_FOUND },
    { PW_CHOOSE_FOLDERS, PORTAL_FIXTURE_ENDS, NULL, G_IO_ERROR_NOT_FOUND },
    { PW_CHOOSE_FILES, 0, "file:///nowhere/film.mov", -1 },
  };

  check_all (answers, G_N_ELEMENTS (answers));
}

static void
test_elsewhere (void)
{
  const Answer answers[] = {
    { PW_CHOOSE_FILE, 0, "sftp://somewhere/film.mov", G_IO_ERROR_NOT_SUPPORTED },
    { PW_CHOOSE_FILES, 0, "sftp://somewhere/film.mov", -1 },
  };

  check_all (answers, G_N_ELEMENTS (answers));
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_setenv ("GDK_DEBUG", "portals", TRUE);
  app_fixture_init (&argc, &argv);
  portal = portal_fixture_new ();

  g_test_add_func ("/dialogs-portal/chosen", test_chosen);
  g_test_add_func ("/dialogs-portal/left", test_left);
  g_test_add_func ("/dialogs-portal/empty", test_empty);
  g_test_add_func ("/dialogs-portal/lost", test_lost);
  g_test_add_func ("/dialogs-portal/elsewhere", test_elsewhere);

  status = g_test_run ();
  portal_fixture_free (portal);
  return status;
}
