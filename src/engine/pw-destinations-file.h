/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-destination.h"

/* The file behind PwDestinations: {"version": 1, "destinations": [ … ]}. Blocks; any thread but the
 * main one of a program with windows. What is said in pw-destinations.h about locks, replacing and
 * broken files happens here. */

typedef struct {
  char *id;
  PwDestination *destination;   /* its new state; NULL = removed */
  char *before;                 /* id of the one that a new one stands before; NULL = the end */
  guint serial;                 /* tells this change from a later one of the same id */
} PwDestinationsChange;

typedef struct {
  GPtrArray *destinations;      /* PwDestination, in the file's order; names and ids unique */
  char *message;                /* what had to be set aside, or NULL */
} PwDestinationsContent;

PwDestinationsChange  *pw_destinations_change_new   (const char     *id,
                                                     PwDestination  *destination);
PwDestinationsChange  *pw_destinations_change_copy  (const PwDestinationsChange *self);
void                   pw_destinations_change_free  (PwDestinationsChange *self);
void                   pw_destinations_content_free (PwDestinationsContent *self);

/* No file is an empty content. Errors: PW_ERROR_DESTINATION. */
PwDestinationsContent *pw_destinations_file_load    (const char     *path,
                                                     GError        **error);

/* Applies @changes (PwDestinationsChange) to what the file holds now, and gives the result. */
PwDestinationsContent *pw_destinations_file_save    (const char     *path,
                                                     GPtrArray      *changes,
                                                     GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwDestinationsContent, pw_destinations_content_free)
