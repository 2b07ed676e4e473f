/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* Reads one small XML document into the fields of a struct, by a table. Pure; any thread.
 *
 * Name spaces and attributes are passed over, and so is every element that the table does not name.
 * Blank lines before the XML declaration are fine: S3 sends them to keep a connection open. */

#define S3_ETAG_SIZE 128

typedef enum {
  S3_XML_STRING,                /* char *, newly allocated; freed first if it is set already */
  S3_XML_ETAG,                  /* char[S3_ETAG_SIZE], without its quotes */
  S3_XML_BOOLEAN,               /* gboolean: "true" or "false" */
  S3_XML_UINT,                  /* guint: digits only */
  S3_XML_UINT64,                /* guint64: digits only */
  S3_XML_END,                   /* calls S3XmlEndFunc; for elements that hold others */
} S3XmlKind;

/* An element has ended, and what is in it has been read into @record. FALSE: it cannot be right. */
typedef gboolean (*S3XmlEndFunc) (gpointer record);

typedef struct {
  const char *path;             /* below the root: "Part/ETag"; NULL ends the table */
  S3XmlKind kind;
  gsize offset;                 /* of the field in the record */
  S3XmlEndFunc end;             /* for S3_XML_END */
} S3XmlField;

/* FALSE: not such a document, and @fault (may be NULL) says why, untranslated; the fields that came
 * before the fault are set. A value that is not of its kind is a fault. */
gboolean s3_xml_read (GBytes            *document,
                      const char        *root,
                      const S3XmlField  *fields,
                      gpointer           record,
                      char             **fault);

/* "\"abc\"" and "W/\"abc\"" to "abc"; FALSE if it is too long. */
gboolean s3_etag_read (char              etag[S3_ETAG_SIZE],
                       const char       *text);

/* Digits only, and at most @maximum. */
gboolean s3_number_read (guint64          *number,
                         const char       *text,
                         guint64           maximum);
