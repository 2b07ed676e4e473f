/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include <stddef.h>

/* How one setting's text becomes a value of PresignConfig. Pure; any thread. */

typedef struct _PresignSetting PresignSetting;

/* Sets the field at @field and frees what was there. FALSE: *must says what the text must be
 * ("a number from 1 to 604800"); the field is then untouched. */
typedef gboolean (*PresignReadFunc) (const PresignSetting *setting,
                                     const char           *text,
                                     gpointer              field,
                                     char                **must);

struct _PresignSetting {
  const char *key;              /* in the keyfile */
  const char *variable;         /* in the environment */
  const char *fallback;         /* as it would be written; "" = nothing */
  const char *help;
  PresignReadFunc read;
  size_t offset;                /* of the field in PresignConfig */
  const char *const *choices;   /* of presign_read_choice() */
  guint64 least;                /* of numbers and sizes */
  guint64 most;
};

/* char *: NULL for an empty text. */
gboolean presign_read_text    (const PresignSetting *, const char *, gpointer, char **);
/* guint. */
gboolean presign_read_number  (const PresignSetting *, const char *, gpointer, char **);
/* "none" is -1: int. */
gboolean presign_read_port    (const PresignSetting *, const char *, gpointer, char **);
/* "8 MiB", "5368709120": guint64. */
gboolean presign_read_size    (const PresignSetting *, const char *, gpointer, char **);
gboolean presign_read_boolean (const PresignSetting *, const char *, gpointer, char **);
/* The place in `choices`: guint. */
gboolean presign_read_choice  (const PresignSetting *, const char *, gpointer, char **);
/* Split at blanks and commas: char **. */
gboolean presign_read_list    (const PresignSetting *, const char *, gpointer, char **);
