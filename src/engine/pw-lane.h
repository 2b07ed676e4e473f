/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-authority.h"
#include "engine/pw-credentials.h"

/* One destination as it is in use: its authority, its keys, and whether they can be had. Main
 * thread.
 *
 * Uploads with the same destination, to the letter, share one, and with it what was learned of
 * the store. */

typedef struct {
  char *json;                   /* of the destination */
  PwDestination *destination;
  PwCredentials *credentials;
  PwAuthority *authority;       /* NULL until it is ready, or if it cannot be */
  GError *error;                /* why it cannot be used */
  gboolean is_preparing;        /* the keyring was asked, and has not answered */
} PwLane;

PwLane *pw_lane_new  (PwDestination *destination,
                      const char    *json);
void    pw_lane_unref (PwLane       *self);

/* TRUE: uploads may run. FALSE with `error`: they cannot. FALSE without: call again once @ready
 * ran. */
gboolean pw_lane_open (PwLane   *self,
                       gboolean  allow_prompt,
                       void    (*ready) (gpointer user_data),
                       gpointer  user_data);

/* The authority for that kind of destination. To unref. */
PwAuthority *pw_lane_make_authority (PwDestination *destination,
                                     PwCredentials *credentials,
                                     GError       **error);

/* Forget a failure: the user says try again. */
void     pw_lane_retry (PwLane *self);

/* TRUE: the error lies with the destination, and every upload to it would meet it. */
gboolean pw_lane_is_to_blame (const GError *error);

PwDestination *pw_lane_dup_learned (PwLane *self);
