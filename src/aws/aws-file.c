/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "aws/aws-file.h"

#include "aws/aws-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BLANKS " \t"

struct _AwsFile {
  GHashTable *sections;         /* "profile x" → GHashTable of key → value */
};

typedef struct {
  AwsFile *file;
  GHashTable *section;          /* borrowed; NULL before the first "[…]" */
  char *key;                    /* the value that an indented line belongs to; NULL = none */
  gsize indent;                 /* of that value's line */
} Reader;

static void
free_wiped (gpointer data)
{
  char *text = data;

  if (text) {
    explicit_bzero (text, strlen (text));
    g_free (text);
  }
}

static char *
dup_section_name (const char *kind, const char *name)
{
  return *kind ? g_strconcat (kind, " ", name, NULL) : g_strdup (name);
}

/* Without the comment that begins with white space and "#" or ";". */
static void
cut_comment (char *text)
{
  for (char *c = text; *c; c++) {
    if ((*c == '#' || *c == ';') && (c == text || strchr (BLANKS, c[-1]))) {
      *c = '\0';
      return;
    }
  }
}

/* "profile  'my name' " → "profile my name". NULL if it is none. */
static char *
normalise_section (const char *inner)
{
  g_auto (GStrv) words = NULL;
  int n_words;

  if (!g_shell_parse_argv (inner, &n_words, &words, NULL)) {
    return NULL;
  }
  return n_words <= 2 ? g_strjoinv (" ", words) : NULL;
}

static gboolean
read_section (Reader *self, char *line)
{
  char *end;
  g_autofree char *name = NULL;

  g_clear_pointer (&self->key, g_free);
  cut_comment (line);
  end = strchr (line, ']');
  if (!end || end[1 + strspn (end + 1, BLANKS)] != '\0') {
    return FALSE;
  }
  *end = '\0';
  name = normalise_section (line + 1);
  if (!name) {
    return FALSE;
  }
  self->section = g_hash_table_lookup (self->file->sections, name);
  if (!self->section) {
    self->section = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_wiped);
    g_hash_table_insert (self->file->sections, g_steal_pointer (&name), self->section);
  }
  return TRUE;
}

/* Splits "name = value" in place. */
static gboolean
split_property (char *line, char **name, char **value)
{
  char *equals = strchr (line, '=');

  if (!equals) {
    return FALSE;
  }
  *equals = '\0';
  *name = g_strstrip (line);
  *value = equals + 1;
  cut_comment (*value);
  g_strstrip (*value);
  return **name != '\0';
}

/* A line that is indented further than the value above it. */
static gboolean
read_continuation (Reader *self, char *line)
{
  const char *above = g_hash_table_lookup (self->section, self->key);
  g_autofree char *key = NULL;
  char *name, *value;

  if (above && *above) {
    cut_comment (line);
    g_hash_table_replace (self->section, g_strdup (self->key),
                          g_strconcat (above, "\n", g_strstrip (line), NULL));
    return TRUE;
  }
  if (!split_property (line, &name, &value)) {
    return FALSE;
  }
  key = g_strconcat (self->key, ".", name, NULL);
  g_hash_table_replace (self->section, g_ascii_strdown (key, -1), g_strdup (value));
  return TRUE;
}

static gboolean
read_line (Reader *self, char *line)
{
  gsize indent = strspn (line, BLANKS);
  char *text = line + indent;
  char *name, *value;

  if (*text == '\0' || *text == '#' || *text == ';') {
    return TRUE;
  }
  if (self->key && indent > self->indent) {
    return read_continuation (self, text);
  }
  if (*text == '[') {
    return read_section (self, text);
  }
  if (!self->section || !split_property (text, &name, &value)) {
    return FALSE;
  }
  g_free (self->key);
  self->key = g_ascii_strdown (name, -1);
  self->indent = indent;
  g_hash_table_replace (self->section, g_strdup (self->key), g_strdup (value));
  return TRUE;
}

static const char *
skip_byte_order_mark (const char *text)
{
  return g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text;
}

AwsFile *
aws_file_parse (const char  *text,
                const char  *path,
                GError     **error)
{
  g_autoptr (AwsFile) self = g_new0 (AwsFile, 1);
  Reader reader = { .file = self };
  gboolean is_good = TRUE;
  guint number = 0;

  g_return_val_if_fail (text != NULL && path != NULL, NULL);

  self->sections = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) g_hash_table_unref);
  text = skip_byte_order_mark (text);
  while (is_good && *text) {
    gsize length = strcspn (text, "\n");
    char *line = g_strndup (text, length);

    g_strchomp (line);
    is_good = read_line (&reader, line);
    explicit_bzero (line, length);
    g_free (line);
    text += length + (text[length] == '\n' ? 1 : 0);
    number++;
  }
  g_free (reader.key);
  if (!is_good) {
    g_set_error (error, AWS_ERROR, AWS_ERROR_MISSING,
                 _("Line %u of %s cannot be understood. It should be a [section] or a "
                   "“name = value”; correct it there."), number, path);
    return NULL;
  }
  return g_steal_pointer (&self);
}

void
aws_file_free (AwsFile *self)
{
  if (!self) {
    return;
  }
  g_clear_pointer (&self->sections, g_hash_table_unref);
  g_free (self);
}

gboolean
aws_file_has_section (const AwsFile *self,
                      const char      *kind,
                      const char      *name)
{
  g_autofree char *section = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  section = dup_section_name (kind, name);
  return g_hash_table_contains (self->sections, section);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
aws_file_dup_names (const AwsFile *self,
                    const char    *kind)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer section;

  g_return_val_if_fail (self != NULL && kind != NULL, NULL);

  g_hash_table_iter_init (&iter, self->sections);
  while (g_hash_table_iter_next (&iter, &section, NULL)) {
    const char *space = strchr (section, ' ');
    gsize length = space ? (gsize) (space - (char *) section) : 0;

    if (length == strlen (kind) && strncmp (section, kind, length) == 0) {
      g_ptr_array_add (names, g_strdup (space ? space + 1 : section));
    }
  }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

const char *
aws_file_get (const AwsFile *self,
              const char      *kind,
              const char      *name,
              const char      *key)
{
  g_autofree char *section = NULL;
  GHashTable *values;
  const char *value;

  g_return_val_if_fail (self != NULL, NULL);

  section = dup_section_name (kind, name);
  values = g_hash_table_lookup (self->sections, section);
  value = values ? g_hash_table_lookup (values, key) : NULL;
  return value && *value ? value : NULL;
}
