/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

/* Waits until a window was drawn for the first time, for what takes a while and need not be in that
 * frame. Main thread. */

typedef struct _PwFirstFrame PwFirstFrame;

typedef void (*PwFirstFrameFunc) (gpointer data);

/* @window was presented. @func is called once, when the frame is on its way to the screen; after a
 * second in any case, for what is never drawn. It may free the PwFirstFrame. */
PwFirstFrame *pw_first_frame_new  (GtkWidget        *window,
                                   PwFirstFrameFunc  func,
                                   gpointer          data);
void          pw_first_frame_free (PwFirstFrame     *self);
