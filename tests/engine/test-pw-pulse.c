/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-pulse.h"

#define PERIOD_MS 20
#define PERIOD_US (PERIOD_MS * G_TIME_SPAN_MILLISECOND)

typedef struct {
  GString *order;
  char name;
  gint64 called_us;
} Waiting;

static gboolean
called_cb (gpointer data)
{
  Waiting *self = data;

  g_string_append_c (self->order, self->name);
  self->called_us = g_get_monotonic_time ();
  return G_SOURCE_REMOVE;
}

/* Between them the main loop does nothing else. */
static void
test_together (void)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Waiting a = { order, 'a', 0 }, b = { order, 'b', 0 };
  gint64 from_us = g_get_monotonic_time () + PERIOD_US;

  pw_pulse_wait (PERIOD_MS, from_us, called_cb, &a);
  pw_pulse_wait (PERIOD_MS, from_us, called_cb, &b);
  while (order->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (order->str, ==, "ab");
  g_assert_cmpint (a.called_us, >=, from_us);
  g_assert_cmpint (a.called_us / PERIOD_US, >, (from_us - 1) / PERIOD_US);
}

static void
test_taken_back (void)
{
  g_autoptr (GString) order = g_string_new (NULL);
  Waiting a = { order, 'a', 0 }, b = { order, 'b', 0 };

  g_source_remove (pw_pulse_wait (PERIOD_MS, 0, called_cb, &a));
  pw_pulse_wait (2 * PERIOD_MS, 0, called_cb, &b);
  while (order->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (order->str, ==, "b");
}

typedef struct {
  gboolean is_idle;
  guint n_beats;
  guint n_idle;
} Work;

static gboolean
is_idle_cb (gpointer data)
{
  return ((Work *) data)->is_idle;
}

static void
beat_cb (gint64   now_us,
         gpointer data)
{
  ((Work *) data)->n_beats++;
}

static void
idle_cb (gpointer data)
{
  ((Work *) data)->n_idle++;
}

/* It beats as long as there is something to do, and then says so once. */
static void
test_beats (void)
{
  static const PwPulseCallbacks callbacks = { is_idle_cb, beat_cb, idle_cb };
  Work work = { 0 };
  PwPulse *pulse = pw_pulse_new (&callbacks, &work);
  guint n_beats;

  pw_pulse_start (pulse);
  pw_pulse_start (pulse);
  while (work.n_beats < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (work.n_idle, ==, 0);
  work.is_idle = TRUE;
  pw_pulse_check (pulse);
  while (work.n_idle == 0)
    g_main_context_iteration (NULL, TRUE);
  n_beats = work.n_beats;
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpuint (work.n_beats, ==, n_beats);
  pw_pulse_free (pulse);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pulse/together", test_together);
  g_test_add_func ("/pulse/taken-back", test_taken_back);
  g_test_add_func ("/pulse/beats", test_beats);
  return g_test_run ();
}
