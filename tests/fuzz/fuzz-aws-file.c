/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"

#include "aws/aws-answer.h"
#include "aws/aws-file.h"
#include "aws/aws-process.h"

/* A text as ~/.aws/config and ~/.aws/credentials hold it, and as credential_process prints it. */

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (AwsFile) file = aws_file_parse (text, "config", NULL);
  S3Credentials *credentials = NULL;
  gint64 expires = 0;

  if (file != NULL) {
    aws_file_has_section (file, "profile", "other");
    aws_file_get (file, "", "default", "region");
    aws_file_get (file, "", "default", "s3.addressing_style");
    aws_file_get (file, "services", "mine", "s3.endpoint_url");
  }
  credentials = aws_process_parse (text, size, &expires, NULL);
  g_clear_pointer (&credentials, s3_credentials_free);
  aws_time_parse (text, &expires);
  return 0;
}
