/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

/* A combo row whose items stand for words: "eu-central-1", shown as "Europe (Frankfurt)". Main
 * thread. */

void        pw_choices_clear (AdwComboRow *row);
/* @title: translated. */
void        pw_choices_add   (AdwComboRow *row,
                              const char  *id,
                              const char  *title);
/* A word that is none of the choices becomes one, shown as it is. NULL is "". */
void        pw_choices_set   (AdwComboRow *row,
                              const char  *id);
/* Borrowed; "" if there is no choice. */
const char *pw_choices_get   (AdwComboRow *row);
