/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-parts.h"

/* The facts of an upload: what somebody may want to read, or to copy. Pure: no widgets; texts are
 * translated. Main thread. */

typedef enum {
  PW_FACT_FILE,
  PW_FACT_DESTINATION,
  PW_FACT_KEY,
  PW_FACT_SIZE,
  PW_FACT_PART_SIZE,
  PW_FACT_STARTED,
  PW_FACT_FINISHED,
  PW_FACT_VERIFIED,
  PW_FACT_AGAIN,
  PW_FACT_RESUMED,
  PW_FACT_UPLOAD_ID,
  PW_FACT_ETAG,
  PW_FACT_PEER,
  PW_FACT_REQUEST_ID,
  PW_N_FACTS
} PwFact;

const char *pw_fact_words_get_title (PwFact         fact);
/* NULL: there is no such fact of this upload, or not yet. */
char       *pw_fact_words_dup_value (PwFact         fact,
                                     PwUpload      *upload,
                                     const PwParts *parts);
