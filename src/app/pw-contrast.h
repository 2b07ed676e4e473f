/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

/* What the program draws by itself, as high contrast wants it. Main thread. */

/* From now on, while the user wants high contrast. libadwaita's own way is deprecated in 1.10, and
 * what it says instead is unknown to GTK 4.8. */
void        pw_contrast_follow             (void);
