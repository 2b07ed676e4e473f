/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store.h"

#include "store-sums.h"

/* One request, from its headers to its answer. Belongs to its SoupServerMessage, and ends with
 * it. */

typedef struct _StoreBody StoreBody;

typedef struct {
  Store *store;
  SoupServerMessage *message;   /* borrowed: the message owns this */
  StoreOp op;
  char *bucket;                 /* or NULL */
  char *key;                    /* or NULL */
  char *host;                   /* the Host header */
  GHashTable *query;            /* decoded name → decoded value ("" where there was no "=") */
  guint part_number;            /* 0 unless the query says one */
  gint64 now;                   /* the store's clock, Unix seconds */
  char id[17];                  /* x-amz-request-id */
  StoreFaults *faults;
  GPtrArray *actions;           /* StoreAction, those of the faults that act on this request */
  StoreBody *body;              /* being received into a file, or NULL */
  gboolean is_counted;          /* among the parts in flight */
  guint64 n_read;               /* bytes of the body */

  guint status;                 /* of the answer; 0 = there is none yet */
  SoupMessageHeaders *headers;  /* of the answer */
  GBytes *answer;               /* or NULL */
} StoreRequest;

StoreRequest *store_request_new (Store              *store,
                                 SoupServerMessage  *message);
void          store_request_free (StoreRequest       *self);

/* A header of the request, or of the query of a presigned URL; NULL if absent. */
const char   *store_request_get_header (const StoreRequest *self,
                                        const char         *name);
const char   *store_request_get_query (const StoreRequest *self,
                                       const char         *name);
/* A number from the query between 0 and @highest; @fallback if absent or no number. */
guint         store_request_get_count (const StoreRequest *self,
                                       const char         *name,
                                       guint highest,
                                       guint fallback);

/* The fault of that kind which acts on this request, or NULL. */
const StoreAction *store_request_get_action (const StoreRequest *self,
                                             StoreActionKind kind);
