/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "aws/aws-file.h"

#include "aws/aws-error.h"

#include <string.h>

static void
test_values (void)
{
  static const struct {
    const char *text, *kind, *name, *key, *value;
  } cases[] = {
    { "[default]\nregion=eu", "", "default", "region", "eu" },
    { "\xef\xbb\xbf[default]\nregion=eu", "", "default", "region", "eu" },
    { "[default]\r\nregion = eu \r\n", "", "default", "region", "eu" },
    { "[default]\n\tregion\t=\teu\t", "", "default", "region", "eu" },
    { "[default]\n  region = eu\n  output = json", "", "default", "output", "json" },
    { "[default]\nREGION = eu", "", "default", "region", "eu" },
    { "[default]\nregion = eu # home", "", "default", "region", "eu" },
    { "[default]\nregion = eu ; home", "", "default", "region", "eu" },
    { "[default]\nregion = #eu", "", "default", "region", NULL },
    { "[default]\nkey = a#b;c=d/e+f", "", "default", "key", "a#b;c=d/e+f" },
    { "[default]\nkey = a == b", "", "default", "key", "a == b" },
    { "# x\n; y\n\n   \n   # z\n[default] # w\nkey = a", "", "default", "key", "a" },
    { "[default]\nkey =\n", "", "default", "key", NULL },
    { "[default]\n# key = a\n", "", "default", "key", NULL },
    { "[profile a]\nkey = 1\n[profile b]\nkey = 2", "profile", "a", "key", "1" },
    { "[profile a]\nkey = 1\n[profile b]\nkey = 2", "profile", "b", "key", "2" },
    { "[ profile\t\"a b\" ]\nkey = 1", "profile", "a b", "key", "1" },
    { "[profile 'a']\nkey = 1", "profile", "a", "key", "1" },
    { "[a]\nkey = 1\nother = 2\n[b]\n[a]\nkey = 3", "", "a", "key", "3" },
    { "[a]\nkey = 1\nother = 2\n[b]\n[a]\nkey = 3", "", "a", "other", "2" },
    { "[a]\nkey = 1\nkey = 2", "", "a", "key", "2" },
    { "[a]\ns3 =\n  addressing_style = path # x\n  b = 1\nregion = eu", "", "a",
      "s3.addressing_style", "path" },
    { "[a]\ns3 =\n  addressing_style = path\n\n  b = 1\nregion = eu", "", "a", "s3.b", "1" },
    { "[a]\ns3 =\n  addressing_style = path\nregion = eu", "", "a", "region", "eu" },
    { "[a]\ns3 =\n  region = nested\n", "", "a", "region", NULL },
    { "[a]\n  s3 =\n    endpoint_url = http://h\n  ec2 =\n    endpoint_url = http://i", "", "a",
      "s3.endpoint_url", "http://h" },
    { "[a]\nkey = 1\n  2 # x\n  3", "", "a", "key", "1\n2\n3" },
    { "[a]\nkey = 1", "", "b", "key", NULL },
    { "", "", "default", "key", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (AwsFile) file = aws_file_parse (cases[i].text, "config", &error);

    g_assert_no_error (error);
    g_assert_cmpstr (aws_file_get (file, cases[i].kind, cases[i].name, cases[i].key), ==,
                     cases[i].value);
  }
}

static void
test_sections (void)
{
  g_autoptr (AwsFile) file = aws_file_parse ("[default]\n[profile x]\n[services y]", "config",
                                             NULL);

  g_assert_true (aws_file_has_section (file, "", "default"));
  g_assert_true (aws_file_has_section (file, "profile", "x"));
  g_assert_true (aws_file_has_section (file, "services", "y"));
  g_assert_false (aws_file_has_section (file, "", "x"));
  g_assert_false (aws_file_has_section (file, "profile", "default"));
}

static void
test_names (void)
{
  g_autoptr (AwsFile) file = aws_file_parse ("[work]\n[default]\n[profile y]\n[profile 'x']\n"
                                             "[profile y]\n[sso-session s]", "config", NULL);
  g_auto (GStrv) plain = aws_file_dup_names (file, "");
  g_auto (GStrv) profiles = aws_file_dup_names (file, "profile");
  g_auto (GStrv) none = aws_file_dup_names (file, "services");
  g_autofree char *joined_plain = g_strjoinv (",", plain);
  g_autofree char *joined_profiles = g_strjoinv (",", profiles);

  g_assert_cmpstr (joined_plain, ==, "default,work");
  g_assert_cmpstr (joined_profiles, ==, "x,y");
  g_assert_null (none[0]);
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    const char *line;
  } cases[] = {
    { "key = SECRET", "1" }, { "[a]\nSECRET", "2" }, { "[a]\n\n= SECRET", "3" }, { "[SECRET", "1" },
    { "[SECRET]x", "1" }, { "[a b SECRET]", "1" }, { "[\"SECRET]", "1" },
    { "[a]\ns3 =\n  SECRET\n", "3" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *start = g_strdup_printf ("Line %s of the-path ", cases[i].line);

    g_assert_null (aws_file_parse (cases[i].text, "the-path", &error));
    g_assert_error (error, AWS_ERROR, AWS_ERROR_MISSING);
    g_assert_true (g_str_has_prefix (error->message, start));
    g_assert_null (strstr (error->message, "SECRET"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/aws-file/values", test_values);
  g_test_add_func ("/aws-file/sections", test_sections);
  g_test_add_func ("/aws-file/names", test_names);
  g_test_add_func ("/aws-file/refused", test_refused);
  return g_test_run ();
}
