/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* One line of a record file (journal, queue): a flat JSON object whose first field "t" tells its
 * type and whose last field "crc" is the CRC32C of all that stands before it, in 8 hex digits:
 *
 *   {"t":"part","n":7,"etag":"\"9b2c…\"","sum":"ae8b14860a799888","crc":"1c6f2ab0"}
 *
 * So a line that was torn by a crash or damaged by a disk is found, and every line is JSON for
 * other programs (RFC 8259). Values are strings, whole numbers and null. A string that is not valid
 * UTF-8 (a file's name may be any bytes) is written in base64 under NAME_base64, and read back
 * under NAME.
 *
 * Pure; any thread, each reader or text one at a time. Names are literals of a-z, 0-9 and _.
 */

/* Writing: begin, add, end. All append to @text; @start is the length of @text before begin. */
void pw_line_begin      (GString    *text, const char *type);
void pw_line_add_string (GString    *text, const char *name, const char *value);  /* NULL: null */
void pw_line_add_int64  (GString    *text, const char *name, gint64 value);
void pw_line_add_uint64 (GString    *text, const char *name, guint64 value);
void pw_line_end        (GString    *text, gsize start);

#define PW_LINE_MAX_FIELDS 32

typedef struct {
  const char *name;
  const char *value;            /* NULL for null */
  gboolean is_string;           /* else @value is a number as it was written */
} PwLineField;

/* What was read; lives as long as the reader's text. */
typedef struct {
  guint n_fields;
  PwLineField fields[PW_LINE_MAX_FIELDS];
} PwLine;

typedef enum {
  PW_LINE_END,                  /* nothing more */
  PW_LINE_OK,
  PW_LINE_TORN,                 /* the last line lacks its end: a crash came in between */
  PW_LINE_DAMAGED,              /* the checksum is wrong; the next line may be read all the same */
} PwLineResult;

typedef struct {
  char *next;
  char *end;
} PwLineReader;

/* Reads the lines of @text, which is changed on the way (strings are unescaped in their place). */
void         pw_line_reader_init (PwLineReader *self, char *text, gsize length);
PwLineResult pw_line_reader_next (PwLineReader *self, PwLine *line);

const char  *pw_line_get_type   (const PwLine *self);
gboolean     pw_line_has        (const PwLine *self, const char *name);      /* null counts */
const char  *pw_line_get_string (const PwLine *self, const char *name);      /* NULL if none */

/* FALSE, and @value untouched, if there is none or it does not fit. */
gboolean     pw_line_get_int64  (const PwLine *self, const char *name, gint64 *value);
gboolean     pw_line_get_uint64 (const PwLine *self, const char *name, guint64 *value);
