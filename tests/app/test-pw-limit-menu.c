/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-limit-menu.h"

#define NBSP "\302\240"
#define MB ((guint64) 1000 * 1000)

static const struct {
  guint64 limit;
  const char *label;
  const char *entries;          /* their targets in MB/s */
} cases[] = {
  { 0, "No Limit", "0 1 5 20 100 " },
  { 5 * MB, "5" NBSP "MB/s", "0 1 5 20 100 " },
  { 8 * MB, "8" NBSP "MB/s", "0 1 5 8 20 100 " },
  { 500 * MB, "500" NBSP "MB/s", "0 1 5 20 100 500 " },
};

static void
test_menu (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GMenu) menu = pw_limit_menu_new (cases[i].limit);
  g_autoptr (GMenuModel) limits = g_menu_model_get_item_link (G_MENU_MODEL (menu), 0,
                                                              G_MENU_LINK_SECTION);
  g_autofree char *label = pw_limit_menu_dup_label (cases[i].limit);
  g_autoptr (GString) entries = g_string_new (NULL);

  g_assert_cmpstr (label, ==, cases[i].label);
  for (int n = 0; n < g_menu_model_get_n_items (limits); n++) {
    guint64 target = 0;

    g_assert_true (g_menu_model_get_item_attribute (limits, n, G_MENU_ATTRIBUTE_TARGET, "t",
                                                    &target));
    g_string_append_printf (entries, "%" G_GUINT64_FORMAT " ", target / MB);
  }
  g_assert_cmpstr (entries->str, ==, cases[i].entries);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/limit-menu/%u", i);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_menu);
  }
  return g_test_run ();
}
