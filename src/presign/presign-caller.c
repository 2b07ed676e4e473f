/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "presign/presign-caller.h"

void
presign_caller_clear (PresignCaller *self)
{
  g_clear_pointer (&self->user, g_free);
}
