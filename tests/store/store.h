/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-fault.h"
#include "store-object.h"
#include "store-rules.h"
#include "store-upload.h"

#include <libsoup/soup.h>
#include <stdio.h>

/* The store itself: what it was told at the start, and what it counts. Main loop's thread only. */

typedef struct {
  guint64 n_requests[STORE_N_OPS];
  guint64 n_connections;
  guint64 part_bytes;           /* received in bodies of parts, kept or not */
  guint64 put_bytes;            /* likewise of PutObject */
  guint64 n_repeated_parts;     /* parts stored in place of another */
  guint64 n_refused;            /* answers of 400 and above */
  guint n_parts_in_flight;
  guint max_parts_in_flight;
} StoreStats;

typedef struct {
  char *root;
  char *access_key;
  char *secret_key;
  char *session_token;          /* NULL = long-term keys */
  char *region;
  guint64 min_part_size;
  guint abort_days;             /* x-amz-abort-date this many days ahead; 0 = none */
  const StoreRules *rules;
  StoreFaults *faults;
  StoreUploads *uploads;
  GHashTable *completed;        /* ids of uploads that became objects */
  GPtrArray *held;              /* connections that are never answered (GIOStream) */
  StoreStats stats;
  FILE *log;                    /* or NULL */
  SoupServer *server;
  guint port;
} Store;

/* Listens on the loopback interface. @certificate may be NULL. */
gboolean store_listen (Store            *self,
                       guint port,
                       GTlsCertificate  *certificate,
                       GError          **error);
