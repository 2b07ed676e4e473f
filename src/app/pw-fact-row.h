/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

/* One fact: what it is, the value as text that can be selected, and a button that copies it. Main
 * thread. */

#define PW_TYPE_FACT_ROW (pw_fact_row_get_type ())
G_DECLARE_FINAL_TYPE (PwFactRow, pw_fact_row, PW, FACT_ROW, GtkListBoxRow)

GtkWidget *pw_fact_row_new  (const char *title);
/* NULL: there is none, and the row is not seen. */
void       pw_fact_row_show (PwFactRow  *self,
                             const char *value);
