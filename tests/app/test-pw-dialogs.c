/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-dialogs.h"

#include "app-fixture.h"

static const PwResponse responses[] = {
  { "no", "_No", ADW_RESPONSE_DEFAULT },
  { "yes", "_Yes", ADW_RESPONSE_SUGGESTED },
  { NULL, NULL, ADW_RESPONSE_DEFAULT }
};

typedef struct {
  guint n_calls;
  char *answer;
  GError *error;
} Told;

static void
told_clear (Told *told)
{
  g_free (told->answer);
  g_clear_error (&told->error);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Told *told = data;

  told->n_calls++;
  told->answer = pw_dialogs_ask_finish (result);
}

static void
chosen_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Told *told = data;
  g_autoptr (GListModel) files = pw_dialogs_choose_finish (result, &told->error);

  g_assert_null (files);
  told->n_calls++;
}

/* The window that is open besides @window; borrowed. */
static GtkWindow *
find_other (GtkWindow *window)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr (GtkWindow) other = g_list_model_get_item (windows, i);

    if (other != window && gtk_widget_get_mapped (GTK_WIDGET (other)))
      return other;
  }
  return NULL;
}

static guint
count_windows (void)
{
  return g_list_model_get_n_items (gtk_window_get_toplevels ());
}

static void
test_answered (void)
{
  GtkWindow *window = app_fixture_show (gtk_label_new ("Page"));
  Told told = { 0 };

  pw_dialogs_ask (GTK_WIDGET (window), "Sure?", NULL, responses, "yes", answered_cb, &told);
  app_fixture_wait (find_other (window));
  g_signal_emit_by_name (app_fixture_find (GTK_WIDGET (find_other (window)), GTK_TYPE_BUTTON,
                                           "_Yes"), "clicked");
  app_fixture_wait (told.n_calls > 0 && count_windows () == 1);
  g_assert_cmpstr (told.answer, ==, "yes");

  gtk_window_destroy (window);
  g_assert_cmpuint (told.n_calls, ==, 1);
  told_clear (&told);
}

/* @choose: a file. @with_window: the whole window goes, or only the page. */
static void
check_gone (gboolean choose,
            gboolean with_window)
{
  GtkWidget *page = gtk_label_new ("Page");
  GtkWindow *window = app_fixture_show (page);
  Told told = { 0 };
  gpointer seen = page;

  g_object_add_weak_pointer (G_OBJECT (page), &seen);
  if (choose)
    pw_dialogs_choose (page, PW_CHOOSE_FILES, "Add Files", chosen_cb, &told);
  else
    pw_dialogs_ask (page, "Sure?", NULL, responses, "yes", answered_cb, &told);
  app_fixture_wait (find_other (window));
  g_assert_cmpuint (told.n_calls, ==, 0);

  if (with_window)
    gtk_window_destroy (window);
  else
    gtk_window_set_child (window, NULL);
  app_fixture_wait (told.n_calls > 0);
  g_assert_null (told.answer);
  if (choose)
    g_assert_error (told.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  app_fixture_wait (count_windows () == !with_window && !seen);

  if (!with_window)
    gtk_window_destroy (window);
  g_assert_cmpuint (told.n_calls, ==, 1);
  told_clear (&told);
}

static void
test_gone (void)
{
  for (guint i = 0; i < 4; i++)
    check_gone (i & 1, i & 2);
}

/* What was answered an instant before is not told to who is gone. */
static void
test_late (void)
{
  GtkWindow *window = app_fixture_show (gtk_label_new ("Page"));
  GtkWindow *dialog;
  Told told = { 0 };

  /* All in one turn of the main loop: the callback waits for the next. */
  pw_dialogs_ask (GTK_WIDGET (window), "Sure?", NULL, responses, "yes", answered_cb, &told);
  dialog = find_other (window);
  g_signal_emit_by_name (app_fixture_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "_Yes"),
                         "clicked");
  gtk_window_destroy (window);
  app_fixture_wait (told.n_calls > 0 && count_windows () == 0);
  g_assert_null (told.answer);
  told_clear (&told);
}

int
main (int    argc,
      char **argv)
{
  app_fixture_init (&argc, &argv);

  g_test_add_func ("/dialogs/answered", test_answered);
  g_test_add_func ("/dialogs/gone", test_gone);
  g_test_add_func ("/dialogs/late", test_late);

  return g_test_run ();
}
