/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-limits.h"

#include <gio/gio.h>

typedef struct {
  GList link;                   /* in the order of the last asking */
  char *name;
  double level;                 /* requests that may come now */
  gint64 level_us;              /* when that was so */
} Bucket;

struct _PresignLimits {
  guint rate;
  guint burst;
  guint max_names;

  GMutex mutex;                 /* guards what follows */
  GHashTable *buckets;          /* borrowed name → Bucket */
  GQueue order;                 /* links of the buckets, the latest at the tail */
};

static void
bucket_free (gpointer data)
{
  Bucket *bucket = data;

  g_free (bucket->name);
  g_free (bucket);
}

PresignLimits *
presign_limits_new (guint rate,
                    guint burst,
                    guint max_names)
{
  PresignLimits *self = g_new0 (PresignLimits, 1);

  self->rate = MAX (rate, 1);
  self->burst = MAX (burst, 1);
  self->max_names = MAX (max_names, 1);
  g_mutex_init (&self->mutex);
  self->buckets = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, bucket_free);
  g_queue_init (&self->order);
  return self;
}

void
presign_limits_free (PresignLimits *self)
{
  if (!self) {
    return;
  }
  g_hash_table_unref (self->buckets);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static Bucket *
add (PresignLimits *self,
     const char    *name,
     gint64         now_us)
{
  Bucket *bucket = g_new0 (Bucket, 1);

  if (self->order.length >= self->max_names) {
    Bucket *oldest = g_queue_pop_head_link (&self->order)->data;

    g_hash_table_remove (self->buckets, oldest->name);
  }
  bucket->link.data = bucket;
  bucket->name = g_strdup (name);
  bucket->level = self->burst;
  bucket->level_us = now_us;
  g_hash_table_insert (self->buckets, bucket->name, bucket);
  g_queue_push_tail_link (&self->order, &bucket->link);
  return bucket;
}

static guint
take (PresignLimits *self,
      Bucket        *bucket,
      gint64         now_us)
{
  double gained = (double) MAX (now_us - bucket->level_us, 0) * self->rate / G_USEC_PER_SEC;

  bucket->level = MIN (bucket->level + gained, self->burst);
  bucket->level_us = MAX (bucket->level_us, now_us);
  if (bucket->level < 1.0) {
    return (guint) ((1.0 - bucket->level) * 1000 / self->rate) + 1;
  }
  bucket->level -= 1.0;
  return 0;
}

guint
presign_limits_take (PresignLimits *self,
                     const char    *name,
                     gint64         now_us)
{
  Bucket *bucket;
  guint wait_ms;

  g_mutex_lock (&self->mutex);
  bucket = g_hash_table_lookup (self->buckets, name);
  if (bucket) {
    g_queue_unlink (&self->order, &bucket->link);
    g_queue_push_tail_link (&self->order, &bucket->link);
  } else {
    bucket = add (self, name, now_us);
  }
  wait_ms = take (self, bucket, now_us);
  g_mutex_unlock (&self->mutex);
  return wait_ms;
}

guint
presign_limits_get_n_names (PresignLimits *self)
{
  guint n_names;

  g_mutex_lock (&self->mutex);
  n_names = self->order.length;
  g_mutex_unlock (&self->mutex);
  return n_names;
}

char *
presign_limits_dup_name (const char *address)
{
  g_autoptr (GInetAddress) inet = g_inet_address_new_from_string (address);
  g_autoptr (GInetAddress) network = NULL;
  guint8 bytes[16] = { 0 };

  if (!inet || g_inet_address_get_family (inet) != G_SOCKET_FAMILY_IPV6) {
    return g_strdup (address);
  }
  memcpy (bytes, g_inet_address_to_bytes (inet), 8);
  network = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);
  return g_inet_address_to_string (network);
}
