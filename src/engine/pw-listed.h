/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-order.h"

/* The parts of an upload as the store lists them, asked page by page (ListParts). Worker threads;
 * belongs to the job that asked. */

typedef struct {
  S3ListedPart *parts;          /* slot n−1 of part n; part_number 0 = the store has none */
  guint n_told;                 /* the list says all there is of parts 1 to this one */
} PwListed;

/* Asks for the parts of the order's upload; its plan is settled. *is_gone: the store knows no such
 * upload, or it is of no use to these credentials. Who may not list is no obstacle: then nothing is
 * told. */
gboolean pw_listed_ask   (PwListed    *self,
                          PwOrder     *order,
                          PwExchange  *exchange,
                          gboolean    *is_gone,
                          GError     **error);
void     pw_listed_clear (PwListed    *self);
