/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app/pw-part-map.h"

#include <adwaita.h>
#include <stdlib.h>
#include <time.h>

/* How much of the processor a frame takes while ten thousand parts change:
 *
 *     bench-part-map [PARTS] [FRAMES]
 *
 * Each frame forty parts in eight rows change and eight more are on their way, which is ten times
 * what the window shows in a second, and one frame in sixty has another width, so that the whole
 * map is painted anew. */

#define WIDTH 625
#define N_FLIGHTS 8
#define PART_SIZE 1000

typedef struct {
  GtkWidget *map;
  GtkWindow *window;
  guint8 *looks;
  guint n_parts;
  guint n_frames;
  guint n_seen;
  guint next;                   /* the part that is sent next */
  gint64 began_us;
  GArray *times_us;
  GMainLoop *loop;
} Bench;

static GArray *
new_flights (Bench *bench)
{
  GArray *flights = g_array_new (FALSE, FALSE, sizeof (PwFlight));

  for (guint i = 0; i < N_FLIGHTS; i++) {
    PwFlight flight = { .part_number = bench->next + i + 1, .size = PART_SIZE, .attempt = 1 };

    flight.sent = (bench->times_us->len * 37 + i * 100) % PART_SIZE;
    bench->looks[bench->next + i] = PW_LOOK_SENDING;
    g_array_append_val (flights, flight);
  }
  return flights;
}

/* Of this thread: what else runs on the machine does not count. */
static gint64
get_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
before_cb (GdkFrameClock *clock,
           Bench         *bench)
{
  bench->began_us = get_cpu_us ();
}

static void
after_cb (GdkFrameClock *clock,
          Bench         *bench)
{
  gint64 took_us = get_cpu_us () - bench->began_us;

  /* The first load fonts and themes. */
  if (bench->n_seen++ < 10)
    return;
  g_array_append_val (bench->times_us, took_us);
  if (bench->times_us->len >= bench->n_frames)
    g_main_loop_quit (bench->loop);
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       data)
{
  Bench *bench = data;
  g_autoptr (GArray) flights = NULL;

  for (guint i = 0; i < 40; i++)
    bench->looks[(guint) rand () % bench->n_parts] = (guint8) ((guint) rand () % PW_N_LOOKS);
  bench->next = (bench->next + 1) % (bench->n_parts - N_FLIGHTS);
  flights = new_flights (bench);
  pw_part_map_show (PW_PART_MAP (bench->map), bench->looks, bench->n_parts, flights);
  if (bench->times_us->len % 60 == 59)
    gtk_widget_set_size_request (bench->map, WIDTH - (int) (bench->times_us->len / 60 % 2), -1);
  return G_SOURCE_CONTINUE;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  gint64 first = *(const gint64 *) a, second = *(const gint64 *) b;

  return first < second ? -1 : first > second;
}

static double
get_ms (Bench *bench,
        double share)
{
  guint i = (guint) (share * (bench->times_us->len - 1));

  return (double) g_array_index (bench->times_us, gint64, i) / 1000;
}

static void
show (Bench *bench)
{
  GdkFrameClock *clock;

  bench->map = pw_part_map_new ();
  bench->window = GTK_WINDOW (gtk_window_new ());
  gtk_widget_set_halign (bench->map, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (bench->map, WIDTH, -1);
  pw_part_map_show (PW_PART_MAP (bench->map), bench->looks, bench->n_parts, NULL);
  gtk_window_set_child (bench->window, bench->map);
  gtk_window_present (bench->window);
  clock = gdk_surface_get_frame_clock (gtk_native_get_surface (GTK_NATIVE (bench->window)));
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_cb), bench);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_cb), bench);
  gtk_widget_add_tick_callback (bench->map, tick_cb, bench, NULL);
}

int
main (int    argc,
      char **argv)
{
  Bench bench = { .n_parts = argc > 1 ? (guint) atoi (argv[1]) : 10000,
                  .n_frames = argc > 2 ? (guint) atoi (argv[2]) : 600 };

  gtk_init ();
  adw_init ();
  bench.looks = g_new0 (guint8, bench.n_parts);
  bench.times_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  bench.loop = g_main_loop_new (NULL, FALSE);
  show (&bench);
  g_main_loop_run (bench.loop);
  g_array_sort (bench.times_us, compare);
  g_print ("%u parts, %u frames: p50 %.1f ms, p99 %.1f ms, most %.1f ms\n", bench.n_parts,
           bench.times_us->len, get_ms (&bench, 0.5), get_ms (&bench, 0.99), get_ms (&bench, 1));
  return 0;
}
