/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-job.h"

/* The jobs that begin an upload, take it up again, finish it and abort it. Worker threads; one such
 * job of an order runs at a time, and no part job beside it. */

/* How the journal's options begin that tell what key a backend was asked for: it may answer
 * another. */
#define PW_ASKED_KEY "asked-key:"

/* Opens the file, plans, settles the key. A small file goes up at once (DONE); else the journal has
 * the intent and the upload id, both synced, and the parts may be sent (OK). */
void     pw_begin   (PwJob *job, PwBench *bench);

/* The same for an upload that has a journal: proves the file, compares every part with the store's
 * list, and marks those that are safe. DONE if a Complete had won already. */
void     pw_resume  (PwJob *job, PwBench *bench);

/* Creates the upload at the store; for pw_begin() and pw_resume(). */
gboolean pw_create  (PwJob *job, PwExchange *exchange, GError **error);

/* All parts are safe: completes, proves the object, closes the journal. */
void     pw_finish  (PwJob *job, PwBench *bench);

/* Whether the object at the key is this upload's, by all that can be known of it: a Complete whose
 * answer was lost may have won. Nothing is assumed: FALSE without an error means that it is not. */
gboolean pw_find_finished (PwJob *job, PwExchange *exchange, gboolean *is_finished, GError **error);

/* The same question where the file has changed since: what is found is the order's own_etag, which
 * the new version may replace. The order has the plan of before. */
gboolean pw_find_superseded (PwJob *job, PwExchange *exchange, GError **error);

/* Whether the store still knows the unfinished upload. FALSE with @error: it could not be asked. */
gboolean pw_ask_alive  (PwJob *job, PwExchange *exchange, gboolean *is_alive, GError **error);

/* Gives the order a key that is free: "film (2).mov". */
gboolean pw_rename_key (PwOrder *order, PwExchange *exchange, GError **error);

/* Whether an object is at the order's key. */
gboolean pw_look       (PwOrder *order, PwExchange *exchange, gboolean *exists, GError **error);

/* A crash between Create and its line in the journal leaves an upload without parts, of this key
 * and of that time. It is ours where there is just one such, and is aborted; a doubtful one is left
 * to the list of unfinished uploads. Trouble with asking is no trouble here. */
void     pw_drop_orphan (PwJob *job, PwExchange *exchange);

/* Leaves no parts at the store, and no journal. OK only when the store lists none any more. */
void     pw_abort   (PwJob *job, PwBench *bench);
