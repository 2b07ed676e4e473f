/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-application.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/pw-upload-row.h"
#include "http/http-client.h"

/* How the program's window feels while it has much to do; the window is the real one, of the real
 * program, with what its home holds:
 *
 *     bench-window list|page REST_S CALM_S MOVING_S [FILE…]
 *
 * list: watches the list. page: watches the page of the first upload that is sent. First it lets
 * REST_S seconds pass; then it takes the main thread's part of the processor for CALM_S, and the
 * whole program's; then, for MOVING_S, each frame is asked for, as while a person scrolls, and
 * timed; then the window is hidden, and the parts of the processor are taken for CALM_S once more:
 * what is missing now is what the window costs. One line of JSON tells:
 *
 *     first_ms, full_ms       the process's start to the first frame; to the first that has rows
 *     first_busy_ms           the main thread's part of the processor until the first frame
 *     main, all               parts of one processor, 1 = all of it
 *     hidden                  the main thread's, without the window
 *     paint_ms                what frames took to be laid out and painted: p50, p99, most
 *     gap_ms                  from one frame to the next: p50, p99, most
 *     busy_ms                 the main thread's part of the processor in that time, which does not
 *                             depend on who else is at work: p50, p99, most
 *     at_end                  the program's part of the processor in the last of these seconds
 *     n_frames, n_rows
 *     n_problems              uploads that failed
 */

typedef struct {
  GtkWidget *window;
  GtkWidget *list;
  const char *what;
  guint rest_s;
  guint calm_s;
  guint moving_s;
  double first_ms;
  double first_busy_ms;
  double full_ms;
  double main_cpu;
  double all_cpu;
  double hidden_cpu;            /* main thread's */
  double began_main;
  double began_all;
  double end_began;             /* the program's, when the last second began */
  guint tick_id;
  gint64 began_us;
  gint64 paint_us;              /* when this frame began to be made */
  gint64 frame_us;              /* when the last one began; 0 = not timed */
  double frame_cpu;             /* main thread's, s */
  GArray *paints;               /* double, ms */
  GArray *gaps;
  GArray *busy;
} Bench;

static double
get_seconds (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* Since this process was started, in ticks of 10 ms. */
static double
get_age_ms (void)
{
  g_autofree char *stat = NULL;
  g_auto (GStrv) fields = NULL;

  if (!g_file_get_contents ("/proc/self/stat", &stat, NULL, NULL))
    return 0;
  /* Behind the name, which may hold anything: field 3 and on; see proc(5). */
  fields = g_strsplit (strrchr (stat, ')') + 2, " ", -1);
  return 1e3 * (get_seconds (CLOCK_BOOTTIME) - g_ascii_strtod (fields[19], NULL) / 100);
}

static GtkWidget *
find (GtkWidget *root,
      GType      type,
      gboolean (*is_it) (GtkWidget *widget))
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (root), type) && (!is_it || is_it (root)))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, type, is_it);

    if (found)
      return found;
  }
  return NULL;
}

static gboolean
is_sending (GtkWidget *row)
{
  PwEntry *entry = pw_upload_row_get_entry (PW_UPLOAD_ROW (row));

  return entry && entry->upload && entry->upload->state == PW_UPLOAD_SENDING;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  double first = *(const double *) a, second = *(const double *) b;

  return first < second ? -1 : first > second;
}

static void
tell_times (const char *name,
            GArray     *times)
{
  g_array_sort (times, compare);
  g_print ("\"%s\": [", name);
  for (guint i = 0; i < 3; i++) {
    const double shares[] = { 0.5, 0.99, 1 };
    guint at = (guint) (shares[i] * (double) (times->len - 1));

    g_print ("%s%.1f", i > 0 ? ", " : "", times->len > 0 ? g_array_index (times, double, at) : 0);
  }
  g_print ("], ");
}

static guint
count_problems (GListModel *model)
{
  guint n_problems = 0;

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (PwEntry) entry = g_list_model_get_item (model, i);

    n_problems += entry->upload && entry->upload->state == PW_UPLOAD_FAILED;
  }
  return n_problems;
}

static void
tell (Bench *bench)
{
  GListModel *rows = G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (bench->list)));

  g_print ("{\"first_ms\": %.0f, \"first_busy_ms\": %.0f, \"full_ms\": %.0f, \"main\": %.3f, "
           "\"all\": %.3f, \"hidden\": %.3f, ", bench->first_ms, bench->first_busy_ms,
           bench->full_ms, bench->main_cpu, bench->all_cpu, bench->hidden_cpu);
  tell_times ("paint_ms", bench->paints);
  tell_times ("gap_ms", bench->gaps);
  tell_times ("busy_ms", bench->busy);
  g_print ("\"at_end\": %.3f, \"n_frames\": %u, \"n_rows\": %u, "
           "\"n_problems\": %u}\n",
           get_seconds (CLOCK_PROCESS_CPUTIME_ID) - bench->end_began, bench->gaps->len,
           g_list_model_get_n_items (rows), count_problems (rows));
}

static void
begin_to_count (Bench *bench)
{
  bench->began_us = g_get_monotonic_time ();
  bench->began_main = get_seconds (CLOCK_THREAD_CPUTIME_ID);
  bench->began_all = get_seconds (CLOCK_PROCESS_CPUTIME_ID);
}

static double
get_main_cpu (Bench *bench)
{
  double seconds = get_seconds (CLOCK_MONOTONIC) - (double) bench->began_us / 1e6;

  return (get_seconds (CLOCK_THREAD_CPUTIME_ID) - bench->began_main) / seconds;
}

static double
get_all_cpu (Bench *bench)
{
  double seconds = get_seconds (CLOCK_MONOTONIC) - (double) bench->began_us / 1e6;

  return (get_seconds (CLOCK_PROCESS_CPUTIME_ID) - bench->began_all) / seconds;
}

static gboolean
end_cb (gpointer data)
{
  Bench *bench = data;

  bench->hidden_cpu = get_main_cpu (bench);
  tell (bench);
  fflush (stdout);
  /* What it sends is not to be sent to the end. */
  _exit (0);
}

static gboolean
last_second_cb (gpointer data)
{
  Bench *bench = data;

  bench->end_began = get_seconds (CLOCK_PROCESS_CPUTIME_ID);
  g_timeout_add_seconds (1, end_cb, bench);
  return G_SOURCE_REMOVE;
}

static gboolean
hide_cb (gpointer data)
{
  Bench *bench = data;

  gtk_widget_remove_tick_callback (bench->window, bench->tick_id);
  gtk_widget_set_visible (bench->window, FALSE);
  begin_to_count (bench);
  g_timeout_add_seconds (bench->calm_s - 1, last_second_cb, bench);
  return G_SOURCE_REMOVE;
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       data)
{
  Bench *bench = data;
  gint64 now_us = g_get_monotonic_time ();
  double now_cpu = get_seconds (CLOCK_THREAD_CPUTIME_ID);
  double gap = (double) (now_us - bench->frame_us) / 1e3;
  double busy = (now_cpu - bench->frame_cpu) * 1e3;

  if (bench->frame_us > 0) {
    g_array_append_val (bench->gaps, gap);
    g_array_append_val (bench->busy, busy);
  }
  bench->frame_us = now_us;
  bench->frame_cpu = now_cpu;
  return G_SOURCE_CONTINUE;
}

static gboolean
move_cb (gpointer data)
{
  Bench *bench = data;

  bench->main_cpu = get_main_cpu (bench);
  bench->all_cpu = get_all_cpu (bench);
  g_array_set_size (bench->paints, 0);
  bench->tick_id = gtk_widget_add_tick_callback (bench->window, tick_cb, bench, NULL);
  g_timeout_add_seconds (bench->moving_s, hide_cb, bench);
  return G_SOURCE_REMOVE;
}

static gboolean
rested_cb (gpointer data)
{
  Bench *bench = data;

  begin_to_count (bench);
  g_timeout_add_seconds (bench->calm_s, move_cb, bench);
  return G_SOURCE_REMOVE;
}

/* Until there is what shall be watched. */
static gboolean
begin_cb (gpointer data)
{
  Bench *bench = data;
  gboolean is_page = strcmp (bench->what, "page") == 0;
  GtkWidget *row = find (bench->window, PW_TYPE_UPLOAD_ROW, is_page ? is_sending : NULL);

  if (!row)
    return G_SOURCE_CONTINUE;
  if (is_page)
    gtk_widget_activate_action (row, "win.show-upload", "s",
                                pw_upload_row_get_entry (PW_UPLOAD_ROW (row))->upload->id);
  g_timeout_add_seconds (bench->rest_s, rested_cb, bench);
  return G_SOURCE_REMOVE;
}

static void
before_cb (GdkFrameClock *clock,
           Bench         *bench)
{
  bench->paint_us = g_get_monotonic_time ();
}

static void
after_cb (GdkFrameClock *clock,
          Bench         *bench)
{
  double took = (double) (g_get_monotonic_time () - bench->paint_us) / 1e3;

  g_array_append_val (bench->paints, took);
  if (bench->first_ms == 0) {
    bench->first_ms = get_age_ms ();
    bench->first_busy_ms = get_seconds (CLOCK_THREAD_CPUTIME_ID) * 1e3;
    g_timeout_add (100, begin_cb, bench);
  }
  if (bench->full_ms > 0 || !find (bench->window, PW_TYPE_UPLOAD_ROW, NULL))
    return;
  bench->full_ms = get_age_ms ();
  bench->list = find (bench->window, GTK_TYPE_LIST_VIEW, NULL);
}

static void
shown_cb (GtkWidget *window,
          Bench     *bench)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  g_signal_connect (clock, "before-paint", G_CALLBACK (before_cb), bench);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_cb), bench);
}

static void
window_added_cb (GtkApplication *application,
                 GtkWindow      *window,
                 Bench          *bench)
{
  bench->window = GTK_WIDGET (window);
  g_signal_connect (window, "realize", G_CALLBACK (shown_cb), bench);
}

int
main (int    argc,
      char **argv)
{
  Bench bench = { .paints = g_array_new (FALSE, FALSE, sizeof (double)),
                  .gaps = g_array_new (FALSE, FALSE, sizeof (double)),
                  .busy = g_array_new (FALSE, FALSE, sizeof (double)) };
  g_autoptr (PwApplication) application = NULL;

  if (argc < 5) {
    g_printerr ("usage: bench-window list|page REST_S CALM_S MOVING_S [FILE…]\n");
    return 2;
  }
  bench.what = argv[1];
  bench.rest_s = (guint) atoi (argv[2]);
  bench.calm_s = (guint) atoi (argv[3]);
  bench.moving_s = (guint) atoi (argv[4]);
  argv[4] = argv[0];
  http_init ();
  application = pw_application_new ();
  g_signal_connect (application, "window-added", G_CALLBACK (window_added_cb), &bench);
  return g_application_run (G_APPLICATION (application), argc - 4, argv + 4);
}
