/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-part-map.h"

#include "app-fixture.h"

#define N_PARTS 200u

typedef struct {
  GtkWindow *window;
  GtkWidget *map;
  GtkWidget *other;             /* something else that may have the focus */
  guint n_told;
} Fixture;

static char *
text_cb (guint    part_number,
         gpointer data)
{
  return g_strdup_printf ("part %u", part_number);
}

static void
told_cb (GObject    *object,
         GParamSpec *spec,
         Fixture    *self)
{
  self->n_told++;
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  /* As on its page: the less width, the more height it needs. */
  GtkWidget *scroller = gtk_scrolled_window_new ();
  guint8 looks[N_PARTS] = { PW_LOOK_SAFE, PW_LOOK_SAFE };

  self->map = pw_part_map_new ();
  self->other = gtk_button_new_with_label ("Other");
  gtk_box_append (GTK_BOX (box), self->other);
  gtk_box_append (GTK_BOX (box), self->map);
  pw_part_map_set_text_func (PW_PART_MAP (self->map), text_cb, NULL);
  pw_part_map_show (PW_PART_MAP (self->map), looks, N_PARTS, NULL);
  g_signal_connect (self->map, "notify::text", G_CALLBACK (told_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  self->window = app_fixture_show (scroller);
  app_fixture_wait (gtk_widget_get_width (self->map) > 0 && gtk_window_is_active (self->window));
  return self;
}

static void
fixture_free (Fixture *self)
{
  gtk_window_destroy (self->window);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* What the key would do. */
static gboolean
press (Fixture    *self,
       const char *key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (self->map);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

    if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
      continue;
    for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++) {
      g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
      g_autofree char *trigger = gtk_shortcut_trigger_to_string (
        gtk_shortcut_get_trigger (shortcut));

      if (g_str_equal (trigger, key))
        return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, self->map,
                                             gtk_shortcut_get_arguments (shortcut));
    }
  }
  g_assert_not_reached ();
}

static void
assert_text (Fixture    *self,
             const char *text)
{
  g_autofree char *wrong = gtk_test_accessible_check_property (
    GTK_ACCESSIBLE (self->map), GTK_ACCESSIBLE_PROPERTY_LABEL, text ? text : "Parts");

  g_assert_cmpstr (pw_part_map_get_text (PW_PART_MAP (self->map)), ==, text);
  g_assert_null (wrong);
}

/* The cursor begins at the first part that is not safe. */
static void
test_keys (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  assert_text (self, NULL);
  g_assert_true (gtk_widget_grab_focus (self->map));
  assert_text (self, "part 3");
  g_assert_true (press (self, "Right"));
  assert_text (self, "part 4");
  g_assert_true (press (self, "Left"));
  assert_text (self, "part 3");
  g_assert_true (press (self, "Home"));
  assert_text (self, "part 1");
  /* Beyond the edge the focus may go on. */
  g_assert_false (press (self, "Left"));
  g_assert_false (press (self, "Up"));
  g_assert_true (press (self, "End"));
  assert_text (self, "part 200");
  g_assert_false (press (self, "Down"));
  g_assert_true (press (self, "Up"));
  g_assert_true (press (self, "Down"));
  assert_text (self, "part 200");
  g_assert_cmpuint (self->n_told, ==, 7);
  gtk_widget_grab_focus (self->other);
  assert_text (self, NULL);
}

static void
test_rtl (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  gtk_widget_set_direction (self->map, GTK_TEXT_DIR_RTL);
  gtk_widget_grab_focus (self->map);
  g_assert_true (press (self, "Left"));
  assert_text (self, "part 4");
  g_assert_true (press (self, "Right"));
  assert_text (self, "part 3");
}

static void
test_another_plan (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autofree guint8 *looks = g_new0 (guint8, 10000);
  int height = gtk_widget_get_height (self->map);

  gtk_widget_grab_focus (self->map);
  pw_part_map_show (PW_PART_MAP (self->map), looks, 10000, NULL);
  app_fixture_wait (gtk_widget_get_height (self->map) > height);
  assert_text (self, NULL);
  g_assert_true (press (self, "End"));
  assert_text (self, "part 10000");
  pw_part_map_show (PW_PART_MAP (self->map), looks, 0, NULL);
  app_fixture_wait (gtk_widget_get_height (self->map) < height);
  g_assert_true (press (self, "End"));
  assert_text (self, NULL);
}

static void
test_swatch (void)
{
  GtkWidget *swatch = g_object_ref_sink (pw_part_map_new_swatch (PW_LOOK_SAFE));

  g_assert_false (gtk_widget_get_focusable (swatch));
  g_assert_true (gtk_test_accessible_has_role (GTK_ACCESSIBLE (swatch),
                                               GTK_ACCESSIBLE_ROLE_PRESENTATION));
  g_assert_finalize_object (swatch);
}

int
main (int    argc,
      char **argv)
{
  app_fixture_init (&argc, &argv);
  g_test_add_func ("/part-map/keys", test_keys);
  g_test_add_func ("/part-map/rtl", test_rtl);
  g_test_add_func ("/part-map/another-plan", test_another_plan);
  g_test_add_func ("/part-map/swatch", test_swatch);
  return g_test_run ();
}
