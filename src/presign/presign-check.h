/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-config.h"

/* Whether settings go together. Pure; any thread. FALSE: @error (PRESIGN_CONFIG_ERROR) names the
 * setting and what to do. */
gboolean presign_config_check (const PresignConfig  *config,
                               GError              **error);
