/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "store-request.h"

/* Sends the answer that was set, as the faults that act on the request want it sent. */
void store_send (StoreRequest *request);

/* Sends it before the request's body was read, and closes the connection. */
void store_send_early (StoreRequest *request);
