/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs a command and tells what it took:
 *
 *   measure FILE SECONDS COMMAND [ARGUMENT…]
 *
 * writes to FILE, as JSON: when it began (CLOCK_MONOTONIC, µs), wall, CPU of user and system (s),
 * the largest resident size (KiB) and its exit status. After SECONDS (0 = never) it is stopped by
 * SIGINT, and by SIGKILL 10 s later.
 *
 * A program of its own because the kernel counts the memory of whoever starts a process as that
 * process's own, up to the moment at which the new program is loaded: this one is small.
 */

static pid_t child;
static guint n_alarms = 0;

static void
alarm_cb (int number)
{
  kill (child, n_alarms++ == 0 ? SIGINT : SIGKILL);
  alarm (10);
}

static double
to_seconds (const struct timeval *time)
{
  return (double) time->tv_sec + (double) time->tv_usec / 1e6;
}

static int
run (const char *file,
     guint       seconds,
     char      **command)
{
  gint64 start_us = g_get_monotonic_time ();
  struct rusage usage;
  int status;
  FILE *out;

  child = fork ();
  if (child == 0) {
    execvp (command[0], command);
    perror (command[0]);
    _exit (127);
  }
  signal (SIGALRM, alarm_cb);
  alarm (seconds);
  while (wait4 (child, &status, 0, &usage) < 0 && errno == EINTR)
    ;
  out = fopen (file, "w");
  if (!out)
    return 1;
  fprintf (out, "{\"start_us\": %" G_GINT64_FORMAT ", \"wall\": %.6f, \"user\": %.6f,"
           " \"sys\": %.6f, \"rss_kib\": %ld, \"status\": %d}\n",
           start_us, (double) (g_get_monotonic_time () - start_us) / 1e6,
           to_seconds (&usage.ru_utime), to_seconds (&usage.ru_stime), usage.ru_maxrss,
           WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status));
  return fclose (out) == 0 ? 0 : 1;
}

int
main (int    argc,
      char **argv)
{
  if (argc < 4) {
    fprintf (stderr, "usage: measure FILE SECONDS COMMAND [ARGUMENT…]\n");
    return 2;
  }
  return run (argv[1], (guint) g_ascii_strtoull (argv[2], NULL, 10), argv + 3);
}
