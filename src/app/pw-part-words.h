/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-parts.h"

/* What the window says of single parts. Pure: no widgets; texts are translated. Main thread. */

/* "Part 691: 62 %, second try" */
char *pw_part_words_dup_part   (const PwParts  *parts,
                                PwUpload       *upload,
                                guint           part_number);
/* "second try"; NULL for the first. */
char *pw_part_words_dup_try    (guint           attempt);
/* "Part 691"; "The whole file" for 0. */
char *pw_part_words_dup_name   (guint           part_number);

/* How many there are of a look: "1,024 safe", "5 on their way". Signing counts to sending. NULL:
 * none, or counted elsewhere. */
char *pw_part_words_dup_count  (const PwParts  *parts,
                                PwLook          look);
/* "1,128 parts of 80 MiB" */
char *pw_part_words_dup_plan   (const PwParts  *parts);
