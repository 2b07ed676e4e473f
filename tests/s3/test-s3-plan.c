/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "s3/s3-plan.h"

static void
test_usual (void)
{
  static const struct {
    S3StoreKind kind;
    guint64 size;
    guint64 part_size;          /* asked; 0 = not */
    guint64 expected_part_size;
    guint expected_n_parts;
  } cases[] = {
    { S3_STORE_AWS, 0, 0, 0, 0 },
    { S3_STORE_AWS, 1, 0, 0, 0 },
    { S3_STORE_AWS, 8 * S3_MIB, 0, 0, 0 },
    { S3_STORE_AWS, 8 * S3_MIB + 1, 0, 8 * S3_MIB, 2 },
    { S3_STORE_AWS, 80000 * S3_MIB, 0, 8 * S3_MIB, 10000 },
    { S3_STORE_AWS, 80000 * S3_MIB + 1, 0, 9 * S3_MIB, 8889 },
    { S3_STORE_AWS, S3_TIB, 0, 105 * S3_MIB, 9987 },
    { S3_STORE_AWS, 50000 * S3_GIB, 0, 5 * S3_GIB, 10000 },
    { S3_STORE_R2, 5115 * S3_GIB, 0, 524 * S3_MIB, 9996 },
    { S3_STORE_SCALEWAY, 8000 * S3_MIB, 0, 8 * S3_MIB, 1000 },
    { S3_STORE_SCALEWAY, 8000 * S3_MIB + 1, 0, 9 * S3_MIB, 889 },
    { S3_STORE_SCALEWAY, G_GUINT64_CONSTANT (5000000000000), 0, 5000000000, 1000 },
    { S3_STORE_STORJ, 64 * S3_MIB, 0, 0, 0 },
    { S3_STORE_STORJ, 64 * S3_MIB + 1, 0, 64 * S3_MIB, 2 },
    { S3_STORE_AWS, 0, 16 * S3_MIB, 0, 0 },
    { S3_STORE_AWS, 16 * S3_MIB, 16 * S3_MIB, 0, 0 },
    { S3_STORE_AWS, 16 * S3_MIB + 1, 16 * S3_MIB, 16 * S3_MIB, 2 },
    { S3_STORE_AWS, 60000 * S3_MIB, 6 * S3_MIB, 6 * S3_MIB, 10000 },
    { S3_STORE_AWS, 100 * S3_MIB, 5 * S3_MIB + 1, 5 * S3_MIB + 1, 20 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    S3Plan plan;

    g_test_message ("case %u", i);
    s3_plan_make (&plan, cases[i].size, cases[i].part_size, FALSE,
                  s3_limits_for_kind (cases[i].kind), &error);
    g_assert_no_error (error);
    g_assert_cmpuint (plan.size, ==, cases[i].size);
    g_assert_cmpuint (plan.part_size, ==, cases[i].expected_part_size);
    g_assert_cmpuint (plan.n_parts, ==, cases[i].expected_n_parts);
  }
}

/* Its largest part is no whole number of MiB, so the last step of growth is a shorter one. */
static void
test_cdn (void)
{
  const S3Limits *limits = s3_limits_for_id ("digitalocean-cdn");
  S3Plan plan;

  g_assert_true (s3_plan_make (&plan, 7 * S3_MIB, 0, FALSE, limits, NULL));
  g_assert_cmpuint (plan.n_parts, ==, 0);
  g_assert_true (s3_plan_make (&plan, 7 * S3_MIB + 1, 0, FALSE, limits, NULL));
  g_assert_cmpuint (plan.part_size, ==, 7 * S3_MIB);
  g_assert_true (s3_plan_make (&plan, 70001 * S3_MIB, 0, FALSE, limits, NULL));
  g_assert_cmpuint (plan.part_size, ==, 8100 * S3_KIB);
  g_assert_true (s3_plan_make (&plan, limits->max_object_size, 0, FALSE, limits, NULL));
  g_assert_cmpuint (plan.part_size, ==, 8100 * S3_KIB);
  g_assert_cmpuint (plan.n_parts, ==, 10000);
}

/* A store whose largest PutObject is smaller than a part. */
static void
test_small_put (void)
{
  S3Limits limits = *s3_limits_for_kind (S3_STORE_AWS);
  S3Plan plan;

  limits.max_put_size = 6 * S3_MIB;
  g_assert_true (s3_plan_make (&plan, 6 * S3_MIB, 0, FALSE, &limits, NULL));
  g_assert_cmpuint (plan.n_parts, ==, 0);
  g_assert_true (s3_plan_make (&plan, 6 * S3_MIB + 1, 0, FALSE, &limits, NULL));
  g_assert_cmpuint (plan.n_parts, ==, 1);
  g_assert_cmpuint (s3_plan_get_length (&plan, 1), ==, 6 * S3_MIB + 1);
}

static void
test_tiny (void)
{
  const S3Limits *limits = s3_limits_for_kind (S3_STORE_MINIO);
  S3Plan plan;

  g_assert_true (s3_plan_make (&plan, 10, 3, TRUE, limits, NULL));
  g_assert_cmpuint (plan.part_size, ==, 3);
  g_assert_cmpuint (plan.n_parts, ==, 4);
  g_assert_cmpuint (s3_plan_get_offset (&plan, 4), ==, 9);
  g_assert_cmpuint (s3_plan_get_length (&plan, 4), ==, 1);
}

static void
test_error (void)
{
  static const struct {
    const char *id;
    guint64 size;
    guint64 part_size;
    gboolean allow_tiny;
    S3PlanError code;
    const char *message;
  } cases[] = {
    { "aws", 10, 5 * S3_MIB - 1, FALSE, S3_PLAN_ERROR_PART_TOO_SMALL,
      "The part size must be at least 5 MiB: Amazon S3 refuses parts of *." },
    { "aws", 10 * S3_MIB, S3_MIB, FALSE, S3_PLAN_ERROR_PART_TOO_SMALL,
      "The part size must be at least 5 MiB: Amazon S3 refuses parts of 1 MiB." },
    { "aws", 10 * S3_MIB, 6 * S3_GIB, FALSE, S3_PLAN_ERROR_PART_TOO_LARGE,
      "The part size must be at most 5 GiB: Amazon S3 refuses parts of 6 GiB." },
    { "digitalocean-cdn", 10 * S3_MIB, 8 * S3_MIB, FALSE, S3_PLAN_ERROR_PART_TOO_LARGE,
      "The part size must be at most 8100 KiB: DigitalOcean Spaces (CDN) refuses parts of 8 MiB." },
    { "aws", 490000 * S3_MIB, 8 * S3_MIB, FALSE, S3_PLAN_ERROR_TOO_MANY_PARTS,
      "This file needs parts of at least 49 MiB: with 8 MiB there would be 61250 parts, "
      "and Amazon S3 takes at most 10000." },
    { "digitalocean-cdn", 70001 * S3_MIB, 7 * S3_MIB, FALSE, S3_PLAN_ERROR_TOO_MANY_PARTS,
      "This file needs parts of at least 8100 KiB: *" },
    { "aws", 10001, 1, TRUE, S3_PLAN_ERROR_TOO_MANY_PARTS,
      "This file needs parts of at least 5 MiB: *" },
    { "aws", 50000 * S3_GIB + 1, 0, FALSE, S3_PLAN_ERROR_TOO_LARGE,
      "This file is too large: it has 48.8*TiB, and the largest object of Amazon S3 has 48.8*" },
    { "r2", 5 * S3_TIB, 0, FALSE, S3_PLAN_ERROR_TOO_LARGE,
      "This file is too large: it has 5.0*TiB, and the largest object of Cloudflare R2 has *" },
    { "aws", G_MAXUINT64, 8 * S3_MIB, FALSE, S3_PLAN_ERROR_TOO_LARGE, "This file is too large: *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    S3Plan plan = { 1, 2, 3 };

    g_assert_false (s3_plan_make (&plan, cases[i].size, cases[i].part_size, cases[i].allow_tiny,
                                  s3_limits_for_id (cases[i].id), &error));
    g_assert_error (error, S3_PLAN_ERROR, (int) cases[i].code);
    g_assert_cmpstr (g_quark_to_string (error->domain), ==, "s3-plan-error-quark");
    g_test_message ("%s", error->message);
    g_assert_true (g_pattern_match_simple (cases[i].message, error->message));
    g_assert_cmpuint (plan.size, ==, 1);
    g_assert_cmpuint (plan.part_size, ==, 2);
    g_assert_cmpuint (plan.n_parts, ==, 3);
  }
}

/* A store whose parts cannot reach its largest object. */
static void
test_unreachable (void)
{
  S3Limits limits = *s3_limits_for_kind (S3_STORE_AWS);
  g_autoptr (GError) error = NULL;
  S3Plan plan;

  limits.max_parts = 10;
  g_assert_true (s3_plan_make (&plan, 50 * S3_GIB, 0, FALSE, &limits, NULL));
  g_assert_cmpuint (plan.n_parts, ==, 10);
  g_assert_false (s3_plan_make (&plan, 50 * S3_GIB + 1, 0, FALSE, &limits, &error));
  g_assert_error (error, S3_PLAN_ERROR, S3_PLAN_ERROR_TOO_LARGE);
}

static void
check_plan (const S3Plan   *plan,
            guint64         size,
            const S3Limits *limits)
{
  guint64 place = 0;

  g_assert_cmpuint (plan->size, ==, size);
  if (plan->n_parts == 0) {
    g_assert_cmpuint (plan->part_size, ==, 0);
    g_assert_cmpuint (size, <=, limits->max_put_size);
    return;
  }

  g_assert_cmpuint (plan->n_parts, <=, limits->max_parts);
  g_assert_cmpuint (plan->part_size, <=, limits->max_part_size);
  for (guint number = 1; number <= plan->n_parts; number++) {
    guint64 length = s3_plan_get_length (plan, number);
    g_assert_cmpuint (s3_plan_get_offset (plan, number), ==, place);
    g_assert_cmpuint (length, >, 0);
    if (number < plan->n_parts) {
      g_assert_cmpuint (length, ==, plan->part_size);
      g_assert_cmpuint (length, >=, limits->min_part_size);
    } else {
      g_assert_cmpuint (length, <=, plan->part_size);
    }
    place += length;
  }
  g_assert_cmpuint (place, ==, size);
}

/* Of no particular magnitude: as many small files as huge ones. */
static guint64
random_size (guint64 max)
{
  guint64 any = (guint64) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();

  return (any >> g_test_rand_int_range (0, 64)) % (max + 1);
}

static void
test_property (void)
{
  for (guint i = 0; i < 2000; i++) {
    const S3Limits *limits = s3_limits_for_kind (g_test_rand_int_range (0, S3_N_STORES));
    guint64 size = random_size (limits->max_object_size);
    g_autoptr (GError) error = NULL;
    S3Plan plan;

    s3_plan_make (&plan, size, 0, FALSE, limits, &error);
    g_assert_no_error (error);
    check_plan (&plan, size, limits);

    guint64 asked = limits->min_part_size
                    + random_size (limits->max_part_size - limits->min_part_size);
    gboolean fits = asked * limits->max_parts >= size;
    g_assert_true (s3_plan_make (&plan, size, asked, FALSE, limits, &error) == fits);
    if (fits) {
      check_plan (&plan, size, limits);
      g_assert_true (plan.n_parts == 0 || plan.part_size == asked);
    } else {
      g_assert_error (error, S3_PLAN_ERROR, S3_PLAN_ERROR_TOO_MANY_PARTS);
    }
  }
}

/* The part size of a grown plan is the smallest whole number of MiB that does. */
static void
test_smallest (void)
{
  const S3Limits *limits = s3_limits_for_kind (S3_STORE_AWS);

  for (guint i = 0; i < 2000; i++) {
    guint64 size = 80000 * S3_MIB + 1 + random_size (limits->max_object_size - 80000 * S3_MIB - 1);
    S3Plan plan;

    g_assert_true (s3_plan_make (&plan, size, 0, FALSE, limits, NULL));
    g_assert_cmpuint (plan.part_size % S3_MIB, ==, 0);
    g_assert_cmpuint ((plan.part_size - S3_MIB) * limits->max_parts, <, size);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/s3/plan/usual", test_usual);
  g_test_add_func ("/s3/plan/cdn", test_cdn);
  g_test_add_func ("/s3/plan/small-put", test_small_put);
  g_test_add_func ("/s3/plan/tiny", test_tiny);
  g_test_add_func ("/s3/plan/error", test_error);
  g_test_add_func ("/s3/plan/unreachable", test_unreachable);
  g_test_add_func ("/s3/plan/property", test_property);
  g_test_add_func ("/s3/plan/smallest", test_smallest);

  return g_test_run ();
}
