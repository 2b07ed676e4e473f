/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-preferences.h"

#include "app-fixture.h"
#include "config.h"

static const struct {
  const char *text;
  gboolean is_number;
  double number;
} numbers[] = {
  { "Automatic", TRUE, 0 },
  { " Automatic ", TRUE, 0 },
  { "", TRUE, 0 },
  { "0", TRUE, 0 },
  { "12", TRUE, 12 },
  { "12 MiB", TRUE, 12 },
  { "2.5", TRUE, 2.5 },
  { "-1", FALSE, 0 },
  { "nan", FALSE, 0 },
  { "inf", FALSE, 0 },
  { "many", FALSE, 0 },
};

static void
test_number (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    double number = -7;

    g_assert_cmpint (pw_preferences_read_number (numbers[i].text, "Automatic", &number), ==,
                     numbers[i].is_number);
    g_assert_cmpfloat (number, ==, numbers[i].is_number ? numbers[i].number : -7);
  }
}

static GtkWidget *
find_spin (GtkWidget  *preferences,
           const char *title)
{
  GtkWidget *label = app_fixture_find (preferences, GTK_TYPE_LABEL, title);
  GtkWidget *row = label ? gtk_widget_get_ancestor (label, ADW_TYPE_ACTION_ROW) : NULL;

  return row ? app_fixture_find (row, GTK_TYPE_SPIN_BUTTON, NULL) : NULL;
}

static void
type (GtkWidget  *spin,
      const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (spin), text);
  gtk_spin_button_update (GTK_SPIN_BUTTON (spin));
}

static void
test_settings (void)
{
  g_autoptr (GSettings) settings = g_settings_new (PW_APP_ID);
  GtkWidget *preferences = pw_preferences_new (settings);
  GtkWidget *window = gtk_window_new ();
  GtkWidget *connections, *limit, *part_size;

  gtk_window_set_child (GTK_WINDOW (window), preferences);
  gtk_window_present (GTK_WINDOW (window));
  app_fixture_wait (find_spin (preferences, "Part Size"));
  connections = find_spin (preferences, "Connections");
  limit = find_spin (preferences, "Speed Limit");
  part_size = find_spin (preferences, "Part Size");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (connections)), ==, "Automatic");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (limit)), ==, "No Limit");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (part_size)), ==, "Automatic");

  type (connections, "40");
  g_assert_cmpuint (g_settings_get_uint (settings, "connections"), ==, 32);
  type (connections, "Automatic");
  g_assert_cmpuint (g_settings_get_uint (settings, "connections"), ==, 0);
  type (part_size, "16 MiB");
  g_assert_cmpuint (g_settings_get_uint (settings, "part-size"), ==, 16);
  type (limit, "2.5");
  g_assert_cmpuint (g_settings_get_uint64 (settings, "limit"), ==, 2500000);

  /* Chosen elsewhere. */
  g_settings_set_uint64 (settings, "limit", 300000);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (limit)), ==, "300");
  g_settings_set_uint64 (settings, "limit", 20000000);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (limit)), ==, "20");
  g_assert_cmpuint (g_settings_get_uint64 (settings, "limit"), ==, 20000000);
  g_settings_set_uint64 (settings, "limit", 0);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (limit)), ==, "No Limit");
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  app_fixture_init (&argc, &argv);
  g_test_add_func ("/preferences/number", test_number);
  g_test_add_func ("/preferences/settings", test_settings);
  return g_test_run ();
}
