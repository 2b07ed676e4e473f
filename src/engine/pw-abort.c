/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-steps.h"

#include <glib/gi18n-lib.h>

#include "engine/pw-error.h"

/* Parts that were on their way when an abort came can still arrive after it (S3 API Reference,
 * AbortMultipartUpload), so the list is asked until it is empty. */
#define MAX_ROUNDS 5

static gboolean
is_empty (PwJob      *job,
          PwExchange *exchange,
          gboolean   *empty,
          GError    **error)
{
  PwOrder *order = job->order;
  g_autoptr (GError) problem = NULL;
  g_autoptr (S3PartsPage) page = pw_authority_list_parts (order->authority, exchange, order->key,
                                                          order->upload_id, 0, &problem);

  /* Credentials that may abort need not be allowed to list: then the store's word has to do. */
  *empty = page ? page->parts->len == 0
                : exchange->verdict == PW_VERDICT_UPLOAD_GONE || exchange->status == 403;
  if (page || *empty)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static void
note_left_behind (PwOrder *order)
{
  g_free (order->note);
  order->note = g_strdup (_("This backend cannot delete what was sent so far: it stays at the "
                            "store, and costs, until a lifecycle rule of the bucket "
                            "(AbortIncompleteMultipartUpload) deletes it."));
}

static gboolean
abort_at_store (PwJob       *job,
                PwExchange  *exchange,
                GError     **error)
{
  PwOrder *order = job->order;
  gboolean empty = FALSE;

  if (!pw_authority_prepare (order->authority, exchange, error))
    return FALSE;
  if (!pw_authority_can (order->authority, PW_CAN_ABORT)) {
    note_left_behind (order);
    return TRUE;
  }
  for (guint round = 0; round < MAX_ROUNDS; round++) {
    g_autoptr (GError) problem = NULL;

    if (!pw_authority_abort (order->authority, exchange, order->key, order->upload_id, &problem)
        && exchange->verdict != PW_VERDICT_UPLOAD_GONE) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    if (!is_empty (job, exchange, &empty, error))
      return FALSE;
    if (empty)
      return TRUE;
  }
  exchange->verdict = PW_VERDICT_RETRY;
  exchange->wait_ms = 2000;
  g_set_error_literal (error, PW_ERROR, PW_ERROR_SERVER, pw_error_get_title (PW_ERROR_SERVER));
  return FALSE;
}

void
pw_drop_orphan (PwJob      *job,
                PwExchange *exchange)
{
  PwOrder *order = job->order;
  gint64 created = pw_journal_get_intent (order->journal)->created;
  g_autofree char *orphan = NULL;
  guint n_found = 0;
  g_autoptr (S3UploadsPage) page = NULL;

  if (!pw_authority_prepare (order->authority, exchange, NULL)
      || !pw_authority_can (order->authority, PW_CAN_LIST_UPLOADS))
    return;
  page = pw_authority_list_uploads (order->authority, exchange,
                                    order->key, NULL, NULL, NULL);

  for (guint i = 0; page && i < page->uploads->len; i++) {
    const S3ListedUpload *upload = g_ptr_array_index (page->uploads, i);

    if (g_str_equal (upload->key, order->key) && ABS (upload->initiated - created) <= 300) {
      n_found++;
      g_free (orphan);
      orphan = g_strdup (upload->upload_id);
    }
  }
  if (n_found == 1) {
    g_autoptr (S3PartsPage) parts = pw_authority_list_parts (order->authority, exchange,
                                                             order->key, orphan, 0, NULL);

    if (parts && parts->parts->len == 0)
      pw_authority_abort (order->authority, exchange, order->key, orphan, NULL);
  }
}

/* Without a journal there is nothing at the store that this upload could name. */
static gboolean
open_for_abort (PwOrder  *order,
                GError  **error)
{
  g_autoptr (GError) problem = NULL;

  if (!order->journal && order->may_have_journal
      && pw_journal_exists (order->journals, order->id))
    order->journal = pw_journal_open (order->journals, order->id, &problem);
  /* What is damaged was set aside; what is still there is a newer Partway's. */
  if (problem && (!g_error_matches (problem, PW_ERROR, PW_ERROR_JOURNAL_BROKEN)
                  || pw_journal_exists (order->journals, order->id))) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (order->journal && !order->upload_id) {
    order->upload_id = g_strdup (pw_journal_get_upload_id (order->journal));
    g_free (order->key);
    order->key = g_strdup (pw_journal_get_intent (order->journal)->key);
  }
  return TRUE;
}

void
pw_abort (PwJob   *job,
          PwBench *bench)
{
  PwOrder *order = job->order;
  g_auto (PwExchange) exchange = { 0 };
  GError *error = NULL;

  if (!open_for_abort (order, &error)) {
    pw_job_fail (job, NULL, error);
    return;
  }
  pw_job_open_exchange (job, bench, &exchange);
  /* It may have been stopped while the store answered with the upload's id. */
  if (order->journal && !order->upload_id)
    pw_drop_orphan (job, &exchange);
  if (order->upload_id && !pw_journal_get_done (order->journal, NULL)
      && !abort_at_store (job, &exchange, &error))
    pw_job_fail (job, &exchange, error);
  else if (order->journal && !pw_journal_delete (order->journal, &error))
    pw_job_fail (job, NULL, error);
  pw_job_close_exchange (job, &exchange);
}
