/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-metrics.h"

#include <stdio.h>
#include <unistd.h>

#define PREFIX "partway_presign_"

/* Upper bounds in µs; presigning takes less than the first, S3 has its say in the later ones. */
static const gint64 bounds_us[] = {
  100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000,
  5000000, 10000000,
};
#define N_BOUNDS G_N_ELEMENTS (bounds_us)

static const char *const reasons[PRESIGN_N_REFUSED] = { "connections", "rate", "size", "slow" };

typedef struct {
  guint64 counts[N_BOUNDS + 1];
  guint64 sum_us;
  guint64 n;
} Histogram;

typedef struct {
  const char *dialect;
  const char *route;
  guint status;
  guint64 n;
} Series;

struct _PresignMetrics {
  int in_flight;                /* atomic, like all down to the mutex */
  int connections;
  gsize refused[PRESIGN_N_REFUSED];

  GMutex mutex;                 /* guards what follows */
  GHashTable *series;           /* Series, as its own key */
  Histogram all;
  Histogram store;
};

static guint
series_hash (gconstpointer data)
{
  const Series *series = data;

  return g_direct_hash (series->route) ^ g_direct_hash (series->dialect) * 31 ^ series->status;
}

static gboolean
series_equal (gconstpointer a,
              gconstpointer b)
{
  const Series *one = a, *other = b;

  return one->status == other->status && one->route == other->route &&
         one->dialect == other->dialect;
}

PresignMetrics *
presign_metrics_new (void)
{
  PresignMetrics *self = g_new0 (PresignMetrics, 1);

  g_mutex_init (&self->mutex);
  self->series = g_hash_table_new_full (series_hash, series_equal, g_free, NULL);
  return self;
}

void
presign_metrics_free (PresignMetrics *self)
{
  if (!self) {
    return;
  }
  g_hash_table_unref (self->series);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static void
add (Histogram *histogram,
     gint64     duration_us)
{
  guint i = 0;

  while (i < N_BOUNDS && duration_us > bounds_us[i]) {
    i++;
  }
  histogram->counts[i]++;
  histogram->sum_us += (guint64) MAX (duration_us, 0);
  histogram->n++;
}

void
presign_metrics_count (PresignMetrics *self,
                       const char     *dialect,
                       const char     *route,
                       guint           status,
                       gint64          duration_us,
                       gboolean        asked_store)
{
  Series wanted = { dialect, route, status, 1 };
  Series *series;

  g_mutex_lock (&self->mutex);
  series = g_hash_table_lookup (self->series, &wanted);
  if (series) {
    series->n++;
  } else {
    g_hash_table_add (self->series, g_memdup2 (&wanted, sizeof wanted));
  }
  add (&self->all, duration_us);
  if (asked_store) {
    add (&self->store, duration_us);
  }
  g_mutex_unlock (&self->mutex);
}

void
presign_metrics_refuse (PresignMetrics *self,
                        PresignRefused  reason)
{
  g_return_if_fail (reason < PRESIGN_N_REFUSED);

  g_atomic_pointer_add (&self->refused[reason], 1);
}

void
presign_metrics_add_in_flight (PresignMetrics *self,
                               int             change)
{
  g_atomic_int_add (&self->in_flight, change);
}

void
presign_metrics_add_connections (PresignMetrics *self,
                                 int             change)
{
  g_atomic_int_add (&self->connections, change);
}

guint
presign_metrics_get_connections (PresignMetrics *self)
{
  return (guint) MAX (g_atomic_int_get (&self->connections), 0);
}

static void
say (GString    *text,
     const char *name,
     const char *type,
     const char *help)
{
  g_string_append_printf (text, "# HELP " PREFIX "%s %s\n", name, help);
  g_string_append_printf (text, "# TYPE " PREFIX "%s %s\n", name, type);
}

static void
append_seconds (GString    *text,
                const char *format,
                guint64     us)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, format, (double) us / G_USEC_PER_SEC);
  g_string_append (text, number);
}

static void
append_histogram (GString         *text,
                  const char      *name,
                  const char      *help,
                  const Histogram *histogram)
{
  guint64 n = 0;

  say (text, name, "histogram", help);
  for (guint i = 0; i < N_BOUNDS; i++) {
    n += histogram->counts[i];
    g_string_append_printf (text, PREFIX "%s_bucket{le=\"", name);
    append_seconds (text, "%g", (guint64) bounds_us[i]);
    g_string_append_printf (text, "\"} %" G_GUINT64_FORMAT "\n", n);
  }
  g_string_append_printf (text, PREFIX "%s_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT "\n", name,
                          histogram->n);
  g_string_append_printf (text, PREFIX "%s_sum ", name);
  append_seconds (text, "%.6f", histogram->sum_us);
  g_string_append_printf (text, "\n" PREFIX "%s_count %" G_GUINT64_FORMAT "\n", name, histogram->n);
}

static void
append_series (GString        *text,
               PresignMetrics *self)
{
  GHashTableIter iter;
  gpointer key;

  say (text, "requests_total", "counter", "Requests answered.");
  g_hash_table_iter_init (&iter, self->series);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    const Series *series = key;

    g_string_append_printf (text, PREFIX "requests_total{dialect=\"%s\",route=\"%s\","
                            "status=\"%u\"} %" G_GUINT64_FORMAT "\n", series->dialect,
                            series->route, series->status, series->n);
  }
}

char *
presign_metrics_dup_text (PresignMetrics *self,
                          guint64         resident)
{
  GString *text = g_string_new (NULL);

  g_mutex_lock (&self->mutex);
  append_series (text, self);
  append_histogram (text, "request_duration_seconds", "From the request's last byte to its answer.",
                    &self->all);
  append_histogram (text, "store_request_duration_seconds", "Likewise, of requests that asked S3.",
                    &self->store);
  g_mutex_unlock (&self->mutex);

  say (text, "refused_total", "counter", "Connections and requests refused, by reason.");
  for (guint i = 0; i < PRESIGN_N_REFUSED; i++) {
    g_string_append_printf (text, PREFIX "refused_total{reason=\"%s\"} %" G_GSIZE_FORMAT "\n",
                            reasons[i], (gsize) g_atomic_pointer_get (&self->refused[i]));
  }
  say (text, "requests_in_flight", "gauge", "Requests being worked on.");
  g_string_append_printf (text, PREFIX "requests_in_flight %d\n",
                          g_atomic_int_get (&self->in_flight));
  say (text, "connections", "gauge", "Connections that are open.");
  g_string_append_printf (text, PREFIX "connections %u\n", presign_metrics_get_connections (self));
  g_string_append (text, "# HELP process_resident_memory_bytes Resident memory.\n"
                   "# TYPE process_resident_memory_bytes gauge\n");
  g_string_append_printf (text, "process_resident_memory_bytes %" G_GUINT64_FORMAT "\n", resident);
  return g_string_free (text, FALSE);
}

guint64
presign_metrics_read_resident (void)
{
  g_autofree char *text = NULL;
  guint64 total, resident;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &total, &resident) != 2) {
    return 0;
  }
  return resident * (guint64) sysconf (_SC_PAGESIZE);
}
