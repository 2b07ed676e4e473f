/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-address.h"
#include "s3/s3-sign.h"

#include <stdio.h>
#include <stdlib.h>

/* presign-url ENDPOINT REGION BUCKET KEY NOW EXPIRES
 *
 * Prints a URL that gets the object, signed with the keys of the environment as of NOW (Unix
 * seconds) and valid for EXPIRES seconds. For test-rgw.py. */
int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (S3Address) address = NULL;
  g_autoptr (S3Credentials) credentials = NULL;
  g_autoptr (HttpRequest) request = NULL;
  g_autofree char *plain = NULL, *url = NULL;

  if (argc != 7)
    return 2;
  address = s3_address_new (argv[1], argv[2], argv[3], S3_STYLE_AUTO, &error);
  if (!address) {
    fprintf (stderr, "presign-url: %s\n", error->message);
    return 1;
  }
  credentials = s3_credentials_new (g_getenv ("AWS_ACCESS_KEY_ID"),
                                    g_getenv ("AWS_SECRET_ACCESS_KEY"), NULL);
  plain = s3_address_dup_url (address, argv[4], NULL);
  request = http_request_new ("GET", plain);
  url = s3_presign_url (request, credentials, address->region, g_ascii_strtoll (argv[5], NULL, 10),
                        (guint) atoi (argv[6]));
  printf ("%s\n", url);
  return 0;
}
