/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"

/* Which field of a destination is wrong, so that the sentence can stand below it. Pure. */

typedef enum {
  PW_FIELD_NAME,
  PW_FIELD_ENDPOINT,
  PW_FIELD_ALLOW_HTTP,
  PW_FIELD_REGION,
  PW_FIELD_STYLE,
  PW_FIELD_BUCKET,
  PW_FIELD_PREFIX,
  PW_FIELD_HEADER,
  PW_FIELD_PROFILE,
  PW_FIELD_CA_FILE,
  PW_FIELD_PART_SIZE,
  PW_FIELD_CLASS,
  PW_FIELD_ENCRYPTION,
  PW_FIELD_KMS_KEY,
  PW_FIELD_NONE,                /* none of these, or nothing is wrong */
} PwField;

/* The first field without which pw_destination_check() would be content; and what it says. */
PwField pw_fault_find (PwDestination  *destination,
                       GError        **error);
