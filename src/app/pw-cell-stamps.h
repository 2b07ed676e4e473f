/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app/pw-map-layout.h"
#include "engine/pw-parts.h"

#include <gdk/gdk.h>

/* What the cells of a map look like, as pixels: made once for a size and a set of colours, then
 * copied ten thousand times. Colour is not the only sign: what waits for its next try is hollow,
 * what is being signed is an outline, what was read again lacks a corner. Pure. */

typedef struct {
  GdkRGBA waiting;
  GdkRGBA sending;              /* of what has yet to leave */
  GdkRGBA sent;                 /* of what has left */
  GdkRGBA retrying;
  GdkRGBA safe;
  GdkRGBA resumed;
} PwCellColors;

typedef struct {
  int scale;                    /* device pixels a pixel */
  int width;                    /* of a cell, in device pixels */
  int height;
  guint32 *pixels[PW_N_LOOKS + 1];      /* the last: a part that has left as a whole */
} PwCellStamps;

void        pw_cell_stamps_make  (PwCellStamps       *self,
                                  const PwMapLayout  *layout,
                                  int                 scale,
                                  const PwCellColors *colors);
void        pw_cell_stamps_clear (PwCellStamps       *self);

/* One row of the map, as wide as the map. @looks, @fills (255 = has left as a whole): of all
 * cells. */
GdkTexture *pw_cell_stamps_paint (const PwCellStamps *self,
                                  const PwMapLayout  *layout,
                                  guint               row,
                                  const guint8       *looks,
                                  const guint8       *fills);
