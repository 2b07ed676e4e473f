/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"

#include <json-glib/json-glib.h>

/* A destination as a member of a larger JSON text. Pure; any thread. */

/* @older: what was stored before, or NULL; its members that this version does not know are kept. */
JsonNode      *pw_destination_to_node   (PwDestination  *self,
                                         JsonObject     *older);

/* Errors as in pw_destination_from_json(). */
PwDestination *pw_destination_from_node (JsonNode       *node,
                                         GError        **error);
