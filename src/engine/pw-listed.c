/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "engine/pw-listed.h"

#include "engine/pw-error.h"

/* No page came. TRUE: that is no obstacle. */
static gboolean
judge_no_page (PwOrder     *order,
               PwExchange  *exchange,
               gboolean    *is_gone,
               GError      *problem,
               GError     **error)
{
  *is_gone = exchange->verdict == PW_VERDICT_UPLOAD_GONE;
  if (*is_gone)
    return TRUE;
  /* Credentials that may send need not be allowed to list: the journal knows what arrived. If
   * Complete was refused for that already, the upload is of no use to them. */
  if (g_error_matches (problem, PW_ERROR, PW_ERROR_ACCESS_DENIED)) {
    *is_gone = order->is_doubted || order->is_lost;
    if (order->is_doubted)
      pw_authority_abort (order->authority, exchange, order->key, order->upload_id, NULL);
    return TRUE;
  }
  g_propagate_error (error, g_error_copy (problem));
  return FALSE;
}

static void
take_page (PwListed          *self,
           PwOrder           *order,
           const S3PartsPage *page)
{
  self->n_told = 0;
  for (guint i = 0; i < page->parts->len; i++) {
    const S3ListedPart *part = &g_array_index (page->parts, S3ListedPart, i);

    if (part->part_number < 1 || part->part_number > order->plan.n_parts)
      continue;
    self->parts[part->part_number - 1] = *part;
    self->n_told = MAX (self->n_told, part->part_number);
  }
}

gboolean
pw_listed_ask (PwListed    *self,
               PwOrder     *order,
               PwExchange  *exchange,
               gboolean    *is_gone,
               GError     **error)
{
  guint marker = 0;

  *is_gone = FALSE;
  g_free (self->parts);
  self->parts = g_new0 (S3ListedPart, order->plan.n_parts);
  for (;;) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (S3PartsPage) page = pw_authority_list_parts (order->authority, exchange, order->key,
                                                            order->upload_id, marker, &problem);

    if (!page)
      return judge_no_page (order, exchange, is_gone, problem, error);
    take_page (self, order, page);
    if (!page->is_truncated) {
      self->n_told = order->plan.n_parts;
      return TRUE;
    }
    /* A marker that does not move would go round for ever. */
    if (page->next_marker <= marker)
      return TRUE;
    marker = page->next_marker;
  }
}

void
pw_listed_clear (PwListed *self)
{
  g_clear_pointer (&self->parts, g_free);
  self->n_told = 0;
}
