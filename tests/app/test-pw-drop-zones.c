/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-drop-zones.h"

static GListStore *
new_list (guint n)
{
  GListStore *list = g_list_store_new (PW_TYPE_DESTINATION);

  for (guint i = 0; i < n; i++) {
    g_autofree char *name = g_strdup_printf ("%u", i);
    g_autoptr (PwDestination) destination = pw_destination_new (name);

    g_list_store_append (list, destination);
  }
  return list;
}

static void
test_choose (void)
{
  static const struct {
    guint n;
    int chosen;                 /* −1 = none */
    const char *names;
  } cases[] = {
    { 0, -1, "" },
    { 1, 0, "0" },
    { 3, -1, "012" },
    { 3, 0, "012" },
    { 3, 2, "201" },
    { 9, 0, "01234" },
    { 9, 8, "80123" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GListStore) list = new_list (cases[i].n);
    g_autoptr (PwDestination) chosen = NULL;
    g_autoptr (GPtrArray) zones = NULL;
    g_autoptr (GString) names = g_string_new (NULL);

    if (cases[i].chosen >= 0)
      chosen = g_list_model_get_item (G_LIST_MODEL (list), (guint) cases[i].chosen);
    zones = pw_drop_zones_choose (G_LIST_MODEL (list), chosen);
    for (guint j = 0; j < zones->len; j++)
      g_string_append (names, ((PwDestination *) g_ptr_array_index (zones, j))->name);
    g_assert_cmpstr (names->str, ==, cases[i].names);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/drop-zones/choose", test_choose);

  return g_test_run ();
}
