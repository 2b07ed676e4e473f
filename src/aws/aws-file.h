/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* The format of ~/.aws/config and ~/.aws/credentials (AWS SDKs and Tools Reference Guide, "Shared
 * config and credentials files: format"). Pure; any thread.
 *
 * "[section]" lines, then "name = value". Names of values are in any case. "#" and ";" begin a
 * comment at the start of a line and after white space. A line that is indented further than the
 * one above belongs to it: under an empty value "s3 =" it is a value of its own
 * ("s3.addressing_style"), else it goes on with the value. Sections of the same name are one; of
 * values, the last counts. */

typedef struct _AwsFile AwsFile;

/* AWS_ERROR_MISSING names @path and the line, never what stands in it. */
AwsFile  *aws_file_parse       (const char       *text,
                                     const char       *path,
                                     GError          **error);
void        aws_file_free        (AwsFile        *self);   /* wipes the values */

/* @kind: "" or "profile" or "services"; @name: what comes after it, without quotes. */
gboolean    aws_file_has_section (const AwsFile  *self,
                                     const char       *kind,
                                     const char       *name);

/* The names of all sections of that kind, sorted; "": of those without a kind. To free. */
char      **aws_file_dup_names   (const AwsFile  *self,
                                     const char     *kind);

/* Borrowed; NULL if it is not there or empty. @key: "region", "s3.addressing_style". */
const char *aws_file_get         (const AwsFile  *self,
                                     const char       *kind,
                                     const char       *name,
                                     const char       *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AwsFile, aws_file_free)
