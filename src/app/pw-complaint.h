/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

/* A sentence below a row of a boxed list that says what is wrong with it. Main thread. */

typedef struct _PwComplaint PwComplaint;

PwComplaint *pw_complaint_new  (void);
void         pw_complaint_free (PwComplaint *self);

/* @row: NULL = nothing is wrong. Only one row is complained of at a time. */
void         pw_complaint_show (PwComplaint *self,
                                GtkWidget   *row,
                                const char  *sentence);
