/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"

#include <stdlib.h>

/* fuzz-NAME FOLDER: every file of the folder, as TAP. */

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

static GPtrArray *
list_files (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL)
    g_error ("%s", error->message);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GPtrArray) names = NULL;

  if (argc != 2)
    return EXIT_FAILURE;
  names = list_files (argv[1]);
  g_print ("1..%u\n", names->len);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (argv[1], g_ptr_array_index (names, i), NULL);
    g_autofree char *text = NULL;
    g_autofree guint8 *exact = NULL;
    gsize length = 0;

    if (!g_file_get_contents (path, &text, &length, NULL))
      return EXIT_FAILURE;
    /* Without the NUL behind it, so that a sanitizer sees a read past the end. */
    exact = g_memdup2 (text, length);
    LLVMFuzzerTestOneInput (exact, length);
    g_print ("ok %u %s\n", i + 1, (const char *) g_ptr_array_index (names, i));
  }
  return EXIT_SUCCESS;
}
