/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-uploads.h"

#include "uploads-fixture.h"

static void
make_tree (UploadsFixture *fixture,
           guint           n_folders,
           guint           n_files)
{
  for (guint i = 0; i < n_folders; i++) {
    for (guint j = 0; j < n_files; j++) {
      g_autofree char *name = g_strdup_printf ("tree/%u/%u.txt", i, j);

      g_free (store_fixture_make_file (fixture->store, name, j % 50, i + j));
    }
  }
}

/* Many tiny files are limited by the store's answers, not by the list. */
static void
test_two_thousand (void)
{
  g_autoptr (UploadsFixture) fixture = uploads_fixture_new (NULL, NULL);
  g_autofree char *path = g_build_filename (fixture->store->folder, "tree", NULL);
  PwTotals totals;

  make_tree (fixture, 20, 100);
  pw_uploads_set_connections (fixture->uploads, 8, 1, 8);
  pw_uploads_add (fixture->uploads, path, fixture->destination, FALSE);
  uploads_fixture_wait_idle (fixture);
  pw_uploads_get_totals (fixture->uploads, &totals);
  g_assert_cmpuint (totals.n_done, ==, 2000);
  g_assert_cmpuint (totals.safe, ==, totals.size);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "objects"), ==, 2000);
  g_assert_cmpuint (store_fixture_get_stat (fixture->store, "put"), ==, 2000);
}

int
main (int    argc,
      char **argv)
{
  store_fixture_clear_environment ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/uploads/two-thousand", test_two_thousand);

  return g_test_run ();
}
