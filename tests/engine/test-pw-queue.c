/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-queue.h"

#include "engine/pw-error.h"
#include "engine/pw-queue-file.h"
#include "engine/pw-record.h"
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  char *folder;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->folder = g_dir_make_tmp ("partway-queue-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  store_fixture_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static PwQueue *
new_queue (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  PwQueue *queue = pw_queue_new (fixture->folder, &error);

  g_assert_no_error (error);
  g_assert_nonnull (queue);
  return queue;
}

static void
flush (PwQueue *queue)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (pw_queue_flush (queue, &error));
  g_assert_no_error (error);
}

/* A waiting item for the destination @json; its order is @order. */
static void
put (PwQueue    *queue,
     const char *id,
     const char *json,
     gint64      order,
     PwItemState state)
{
  g_autofree char *path = g_strconcat ("/files/", id, NULL);
  PwQueueItem item = {
    .id = (char *) id,
    .path = path,
    .key = path + 1,
    .order = order,
    .state = state,
    .destination = pw_queue_add_destination (queue, json),
  };

  pw_queue_put (queue, &item);
}

/* Every item a word: ID:state:destination, with an exclamation mark where its owner lives. */
static char *
describe (GPtrArray *items,
          GPtrArray *texts,
          PwQueue   *queue)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < items->len; i++) {
    const PwQueueItem *item = items->pdata[i];
    const char *json = texts != NULL ? texts->pdata[item->destination]
                                     : pw_queue_get_destination (queue, item->destination);
    g_string_append_printf (text, "%s%s:%s:%s%s", i > 0 ? " " : "", item->id,
                            pw_item_state_get_id (item->state), json,
                            item->is_running ? "!" : "");
  }

  return g_string_free (text, FALSE);
}

static void
assert_listed (Fixture    *fixture,
               const char *expected)
{
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (GPtrArray) items = pw_queue_list (fixture->folder, &texts, NULL);

  g_assert_nonnull (items);
  g_autofree char *found = describe (items, texts, NULL);
  g_assert_cmpstr (found, ==, expected);
}

static void
assert_adopted (PwQueue    *queue,
                const char *only_id,
                const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = pw_queue_adopt (queue, only_id, &error);

  g_assert_no_error (error);
  g_autofree char *found = describe (items, NULL, queue);
  g_assert_cmpstr (found, ==, expected);
}

static guint
count_files (Fixture    *fixture,
             const char *suffix)
{
  g_autoptr (GPtrArray) names = pw_record_list (fixture->folder, suffix, NULL);

  return names->len;
}

/* The path of the only queue file. */
static char *
get_only_file (Fixture *fixture)
{
  g_autoptr (GPtrArray) names = pw_record_list (fixture->folder, PW_QUEUE_SUFFIX, NULL);

  g_assert_cmpuint (names->len, ==, 1);

  return pw_queue_file_get_path (fixture->folder, names->pdata[0]);
}

/* A queue of an ended process. */
static void
leave_queue (Fixture    *fixture,
             const char *json,
             const char *first_id,
             const char *second_id)
{
  g_autoptr (PwQueue) queue = new_queue (fixture);

  put (queue, first_id, json, first_id[0], PW_ITEM_WAITING);
  put (queue, second_id, json, second_id[0], PW_ITEM_PAUSED);
}

static void
assert_same (const PwQueueItem *a,
             const PwQueueItem *b)
{
  g_autoptr (GString) difference = g_string_new (NULL);

  g_assert_cmpstr (a->id, ==, b->id);
  pw_queue_item_write (a, b, difference);
  g_assert_cmpstr (difference->str, ==, "");
}

static void
test_round_trip (Fixture       *fixture,
                 gconstpointer  data)
{
  const PwQueueItem full = {
    .id = (char *) "full", .path = (char *) "/a \"b\"\n\\\t\xff\x80/\x01",
    .key = (char *) "ü \"k\"\n",
    .folder = (char *) "top", .options = (char *) "{\"a\":\"\\\"\"}", .size = G_MAXUINT64,
    .safe = 41,
    .added = G_MININT64, .finished = G_MAXINT64, .state = PW_ITEM_FAILED,
    .error_id = (char *) "network", .message = (char *) "Line 1\nline “2”",
    .verification = (char *) "parts", .etag = (char *) "\"e-2\"", .order = -5,
  };
  const PwQueueItem bare = {
    .id = (char *) "bare", .path = (char *) "", .key = (char *) "", .is_folder = TRUE,
    .state = PW_ITEM_WALKING,
  };
  PwQueue *queue = new_queue (fixture);

  g_assert_cmpuint (pw_queue_add_destination (queue, "{\"x\":\"ü\"}"), ==, 0);
  pw_queue_put (queue, &bare);
  pw_queue_put (queue, &full);
  flush (queue);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GPtrArray) texts = NULL;
    g_autoptr (GPtrArray) items = i == 0 ? pw_queue_list (fixture->folder, &texts, NULL)
                                         : pw_queue_adopt (queue, NULL, NULL);
    g_assert_cmpuint (items->len, ==, 2);
    assert_same (items->pdata[0], &full);
    assert_same (items->pdata[1], &bare);
    if (i > 0)
      break;
    g_assert_cmpuint (texts->len, ==, 1);
    g_assert_cmpstr (texts->pdata[0], ==, "{\"x\":\"ü\"}");
    pw_queue_free (queue);
    queue = new_queue (fixture);
  }
  pw_queue_free (queue);
}

static void
test_changes (Fixture       *fixture,
              gconstpointer  data)
{
  PwQueue *queue = new_queue (fixture);
  PwQueueItem item = { .id = (char *) "i", .path = (char *) "/i", .key = (char *) "i" };

  put (queue, "a", "{}", 1, PW_ITEM_WAITING);
  put (queue, "b", "{}", 2, PW_ITEM_WAITING);
  put (queue, "a", "{\"new\":1}", 3, PW_ITEM_DONE);
  put (queue, "b", "{}", 2, PW_ITEM_REMOVED);
  put (queue, "never", "{}", 2, PW_ITEM_REMOVED);
  flush (queue);
  assert_listed (fixture, "a:done:{\"new\":1}!");

  /* What was removed may come again, and does not remember; a text can be taken back. */
  put (queue, "b", "{}", 9, PW_ITEM_PAUSED);
  item.message = (char *) "Failed";
  item.order = 10;
  pw_queue_put (queue, &item);
  item.message = NULL;
  pw_queue_put (queue, &item);
  item.etag = (char *) "e";
  pw_queue_put (queue, &item);
  item.state = PW_ITEM_REMOVED;
  pw_queue_put (queue, &item);
  item.state = PW_ITEM_WAITING;
  item.etag = NULL;
  pw_queue_put (queue, &item);
  flush (queue);
  assert_listed (fixture, "a:done:{\"new\":1}! b:paused:{}! i:waiting:{}!");
  g_autoptr (GPtrArray) items = pw_queue_list (fixture->folder, NULL, NULL);
  g_assert_null (((const PwQueueItem *) items->pdata[2])->message);
  g_assert_null (((const PwQueueItem *) items->pdata[2])->etag);
  pw_queue_free (queue);
  assert_listed (fixture, "a:done:{\"new\":1} b:paused:{} i:waiting:{}");
}

static void
test_empty (Fixture       *fixture,
            gconstpointer  data)
{
  PwQueue *queue = new_queue (fixture);
  g_autofree char *none = g_build_filename (fixture->folder, "none", NULL);
  g_autoptr (GPtrArray) nothing = pw_queue_list (none, NULL, NULL);

  g_assert_cmpuint (nothing->len, ==, 0);
  assert_adopted (queue, NULL, "");
  pw_queue_free (queue);
  g_assert_cmpuint (count_files (fixture, ""), ==, 0);

  queue = new_queue (fixture);
  put (queue, "a", "{}", 1, PW_ITEM_WAITING);
  flush (queue);
  put (queue, "a", "{}", 1, PW_ITEM_REMOVED);
  pw_queue_free (queue);
  g_assert_cmpuint (count_files (fixture, PW_QUEUE_SUFFIX), ==, 0);
  pw_queue_free (NULL);
}

static void
test_order (Fixture       *fixture,
            gconstpointer  data)
{
  static const struct { const char *id; gint64 order, added; } rows[] = {
    { "d", 5, 0 }, { "a", -7, 9 }, { "c", 0, 2 }, { "b", 0, 1 }, { "e", G_MAXINT64, 0 },
  };
  PwQueue *queue = new_queue (fixture);

  pw_queue_add_destination (queue, "{}");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    PwQueueItem item = {
      .id = (char *) rows[i].id, .path = (char *) "/f", .key = (char *) "f",
      .order = rows[i].order, .added = rows[i].added,
    };
    pw_queue_put (queue, &item);
  }
  pw_queue_free (queue);
  const char *expected = "a:waiting:{} b:waiting:{} c:waiting:{} d:waiting:{} e:waiting:{}";
  assert_listed (fixture, expected);
  queue = new_queue (fixture);
  assert_adopted (queue, NULL, expected);
  pw_queue_free (queue);
}

static void
test_two_queues (Fixture       *fixture,
                 gconstpointer  data)
{
  PwQueue *first = new_queue (fixture);
  PwQueue *second = new_queue (fixture);

  put (first, "a", "{}", 1, PW_ITEM_WAITING);
  put (second, "b", "{}", 2, PW_ITEM_WAITING);
  flush (first);
  flush (second);
  assert_adopted (first, NULL, "");
  assert_adopted (second, "a", "");
  assert_listed (fixture, "a:waiting:{}! b:waiting:{}!");
  pw_queue_free (first);
  assert_listed (fixture, "a:waiting:{} b:waiting:{}!");
  assert_adopted (second, NULL, "a:waiting:{}");
  g_assert_cmpuint (count_files (fixture, PW_QUEUE_SUFFIX), ==, 1);
  assert_listed (fixture, "a:waiting:{}! b:waiting:{}!");
  pw_queue_free (second);
}

static void
test_adopt (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (PwQueue) queue = new_queue (fixture);

  leave_queue (fixture, "{\"n\":1}", "a", "c");
  leave_queue (fixture, "{\"n\":2}", "b", "e");
  leave_queue (fixture, "{\"n\":1}", "d", "f");
  g_assert_cmpuint (pw_queue_add_destination (queue, "{\"n\":2}"), ==, 0);
  assert_adopted (queue, "e", "b:waiting:{\"n\":2} e:paused:{\"n\":2}");
  g_assert_cmpuint (count_files (fixture, PW_QUEUE_SUFFIX), ==, 3);
  assert_adopted (queue, "nobody", "");
  assert_adopted (queue, NULL, "a:waiting:{\"n\":1} c:paused:{\"n\":1} d:waiting:{\"n\":1} "
                  "f:paused:{\"n\":1}");
  g_assert_cmpuint (count_files (fixture, PW_QUEUE_SUFFIX), ==, 1);
  g_assert_cmpuint (pw_queue_add_destination (queue, "{\"n\":1}"), ==, 1);
  g_assert_cmpuint (pw_queue_add_destination (queue, "{\"n\":3}"), ==, 2);
  g_assert_null (pw_queue_dup_message (queue));
  assert_adopted (queue, NULL, "");
}

/* A crash between adopting a file and deleting it leaves both: the adopter's knows best. */
static void
test_crash_in_adopt (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *text = NULL;
  gsize length;

  leave_queue (fixture, "{}", "a", "b");
  g_autofree char *path = get_only_file (fixture);
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  PwQueue *queue = new_queue (fixture);
  assert_adopted (queue, NULL, "a:waiting:{} b:paused:{}");
  put (queue, "a", "{}", 'a', PW_ITEM_DONE);
  put (queue, "b", "{}", 'b', PW_ITEM_REMOVED);
  pw_queue_free (queue);
  g_assert_true (g_file_set_contents (path, text, (gssize) length, NULL));

  assert_listed (fixture, "a:done:{}");
  queue = new_queue (fixture);
  assert_adopted (queue, NULL, "a:done:{}");
  pw_queue_free (queue);
  g_assert_cmpuint (count_files (fixture, PW_QUEUE_SUFFIX), ==, 1);
  assert_listed (fixture, "a:done:{}");
}

/* What a damaged byte behind @mark, or a cut there, costs. */
static const struct {
  const char *mark;
  gboolean is_cut;
  const char *left;
} damage_cases[] = {
  { "/files/a", FALSE, "b:paused:{\"d\":1}" },
  { "/files/b", FALSE, "a:waiting:{\"d\":1}" },
  { "\"queue\"", FALSE, "a:waiting:{\"d\":1} b:paused:{\"d\":1}" },
  { "\"json\"", FALSE, "" },
  { "/files/b", TRUE, "a:waiting:{\"d\":1}" },
};

static void
test_damage (Fixture       *fixture,
             gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (damage_cases); i++) {
    g_autofree char *text = NULL, *kept = NULL;
    gsize length, kept_length;

    leave_queue (fixture, "{\"d\":1}", "a", "b");
    g_autofree char *path = get_only_file (fixture);
    g_autofree char *bad = g_strconcat (path, ".bad", NULL);
    g_assert_true (g_file_get_contents (path, &text, &length, NULL));
    char *at = strstr (text, damage_cases[i].mark) + strlen (damage_cases[i].mark);
    at[-1] ^= 1;
    if (damage_cases[i].is_cut)
      length = (gsize) (at - text);
    g_assert_true (g_file_set_contents (path, text, (gssize) length, NULL));

    g_autoptr (PwQueue) queue = new_queue (fixture);
    assert_adopted (queue, NULL, damage_cases[i].left);
    g_autofree char *message = pw_queue_dup_message (queue);
    g_assert_cmpuint (count_files (fixture, PW_QUEUE_SUFFIX), ==, 1);
    g_assert_true ((message == NULL) == damage_cases[i].is_cut);
    if (message != NULL) {
      g_assert_nonnull (strstr (message, bad));
      g_assert_true (g_file_get_contents (bad, &kept, &kept_length, NULL));
      g_assert_cmpmem (kept, kept_length, text, length);
    }
    g_assert_true (g_file_test (bad, G_FILE_TEST_EXISTS) != damage_cases[i].is_cut);
    put (queue, "a", "{}", 1, PW_ITEM_REMOVED);
    put (queue, "b", "{}", 1, PW_ITEM_REMOVED);
  }
}

static void
test_newer (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *path = pw_queue_file_get_path (fixture->folder, "later");
  g_autoptr (GString) text = g_string_new ("{\"t\":\"queue\",\"v\":2");
  g_autofree char *after = NULL;
  g_autoptr (PwQueue) queue = new_queue (fixture);

  pw_line_end (text, 0);
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
  assert_adopted (queue, NULL, "");
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, text->str);
  g_assert_null (pw_queue_dup_message (queue));
}

/* Files cannot grow beyond @size bytes: as on a full disk. */
static void
limit_files (rlim_t size)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (size, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
test_full_disk (Fixture       *fixture,
                gconstpointer  data)
{
  void (*handler) (int) = signal (SIGXFSZ, SIG_IGN);
  g_autoptr (PwQueue) queue = new_queue (fixture);
  g_autoptr (GError) error = NULL, adopt_error = NULL;

  leave_queue (fixture, "{}", "a", "b");
  limit_files (100);
  put (queue, "c", "{}", 'c', PW_ITEM_WAITING);
  gboolean ok = pw_queue_flush (queue, &error);
  GPtrArray *items = pw_queue_adopt (queue, NULL, &adopt_error);
  /* The queue's thread writes as soon as there is room. */
  assert_listed (fixture, "a:waiting:{} b:paused:{}");
  limit_files (RLIM_INFINITY);
  signal (SIGXFSZ, handler);

  g_assert_false (ok);
  g_assert_error (error, PW_ERROR, PW_ERROR_JOURNAL);
  g_assert_null (items);
  g_assert_error (adopt_error, PW_ERROR, PW_ERROR_JOURNAL);
  flush (queue);
  assert_listed (fixture, "a:waiting:{} b:paused:{} c:waiting:{}!");
  assert_adopted (queue, NULL, "a:waiting:{} b:paused:{}");
  assert_listed (fixture, "a:waiting:{}! b:paused:{}! c:waiting:{}!");
}

#define N_MANY 10000
#define N_THREADS 4

typedef struct {
  PwQueue *queue;
  guint first;
} Share;

static gpointer
put_share (gpointer data)
{
  const Share *share = data;

  for (guint i = share->first; i < N_MANY; i += N_THREADS) {
    g_autofree char *id = g_strdup_printf ("item-%u", i);
    put (share->queue, id, i % 3 == 0 ? "{\"n\":3}" : "{}", i, PW_ITEM_WAITING);
    put (share->queue, id, i % 3 == 0 ? "{\"n\":3}" : "{}", i, PW_ITEM_DONE);
  }

  return NULL;
}

static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  PwQueue *queue = new_queue (fixture);
  Share shares[N_THREADS];
  GThread *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++) {
    shares[i] = (Share) { queue, i };
    threads[i] = g_thread_new ("put", put_share, &shares[i]);
  }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  pw_queue_free (queue);

  queue = new_queue (fixture);
  g_autoptr (GPtrArray) items = pw_queue_adopt (queue, NULL, NULL);
  g_assert_cmpuint (items->len, ==, N_MANY);
  for (guint i = 0; i < N_MANY; i++) {
    const PwQueueItem *item = items->pdata[i];
    g_assert_cmpint (item->order, ==, i);
    g_assert_cmpint (item->state, ==, PW_ITEM_DONE);
    g_assert_cmpstr (pw_queue_get_destination (queue, item->destination), ==,
                     i % 3 == 0 ? "{\"n\":3}" : "{}");
  }
  pw_queue_free (queue);
}

enum { N_ADOPTERS = 4, N_LEFT = 40 };

/* A process that adopts once @go ends, tells how many items it got, and lives until @end does. */
static void
run_adopter (const char *folder,
             const int   go[2],
             int         counts_fd,
             const int   end[2])
{
  char byte;

  /* The dice were inherited, too, and would give all the same name. */
  g_random_set_seed ((guint32) getpid ());
  PwQueue *queue = pw_queue_new (folder, NULL);
  close (go[1]);
  close (end[1]);
  (void) !read (go[0], &byte, 1);
  g_autoptr (GPtrArray) items = queue != NULL ? pw_queue_adopt (queue, NULL, NULL) : NULL;
  guint count = items != NULL ? items->len : G_MAXUINT;
  (void) !write (counts_fd, &count, sizeof count);
  (void) !read (end[0], &byte, 1);
  _exit (0);
}

/* Of those who ask at the same time none is refused, and each item goes to one. */
static void
test_adopters (Fixture       *fixture,
               gconstpointer  data)
{
  int go[2], counts[2], end[2];
  pid_t children[N_ADOPTERS];
  guint count, sum = 0;

  for (guint i = 0; i < N_LEFT; i++) {
    g_autofree char *first = g_strdup_printf ("%u-a", i), *second = g_strdup_printf ("%u-b", i);
    leave_queue (fixture, "{}", first, second);
  }
  g_assert_true (pipe (go) == 0 && pipe (counts) == 0 && pipe (end) == 0);
  for (guint i = 0; i < N_ADOPTERS; i++) {
    children[i] = fork ();
    g_assert_cmpint (children[i], >=, 0);
    if (children[i] == 0)
      run_adopter (fixture->folder, go, counts[1], end);
  }
  close (go[1]);
  for (guint i = 0; i < N_ADOPTERS; i++) {
    g_assert_cmpint (read (counts[0], &count, sizeof count), ==, sizeof count);
    g_assert_cmpuint (count, !=, G_MAXUINT);
    sum += count;
  }
  g_autoptr (GPtrArray) items = pw_queue_list (fixture->folder, NULL, NULL);
  close (end[1]);
  for (guint i = 0; i < N_ADOPTERS; i++)
    g_assert_cmpint (waitpid (children[i], NULL, 0), ==, children[i]);
  g_assert_true (!close (go[0]) && !close (end[0]) && !close (counts[0]) && !close (counts[1]));
  g_assert_cmpuint (sum, ==, 2 * N_LEFT);
  g_assert_cmpuint (items->len, ==, 2 * N_LEFT);
}

static const struct {
  const char *name;
  void (*test) (Fixture *fixture, gconstpointer data);
} tests[] = {
  { "round-trip", test_round_trip }, { "changes", test_changes }, { "empty", test_empty },
  { "order", test_order }, { "two-queues", test_two_queues }, { "adopt", test_adopt },
  { "crash-in-adopt", test_crash_in_adopt }, { "damage", test_damage }, { "newer", test_newer },
  { "full-disk", test_full_disk }, { "many", test_many }, { "adopters", test_adopters },
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/queue/", tests[i].name, NULL);

    g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
  }
  return g_test_run ();
}
