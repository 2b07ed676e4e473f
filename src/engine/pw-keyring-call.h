/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/pw-error.h"

#include <gio/gio.h>

/* One request to the keyring, made of several of libsecret's: returns once, whichever comes first
 * of the keyring's answer, the time-out and the caller's cancellation.
 *
 * Every asynchronous step holds a reference, so that an answer that comes after the end finds
 * something to be ignored by: a step asks whether @task is still there. One thread. */

typedef struct _PwKeyringCall PwKeyringCall;

struct _PwKeyringCall {
  grefcount ref_count;
  GTask *task;                  /* NULL as soon as it has returned */
  GCancellable *stop;           /* for libsecret; the caller's own is watched here */
  GSource *timeout;
  GSource *cancelled;
  char *id;                     /* the destination's */
  char *label;                  /* these two to be stored, else NULL */
  char *secret;                 /* wiped at the end */
  gboolean allow_prompt;
  gboolean has_unlocked;        /* asked for it once, which is enough */
  gboolean is_asking;           /* the user has been asked, and has not answered */
  void (*start) (PwKeyringCall *call);  /* the first step; again after unlocking */
};

/* Takes the first step. @order gives id, label, secret and start, and what it points to is taken
 * over, as is @task. @timeout_ms: 0 = 30000. */
void           pw_keyring_call_begin     (const PwKeyringCall *order,
                                          gboolean             allow_prompt,
                                          guint                timeout_ms,
                                          GTask               *task);
PwKeyringCall *pw_keyring_call_ref       (PwKeyringCall       *self);
void           pw_keyring_call_unref     (PwKeyringCall       *self);

/* The task to return from, yours; NULL if it has returned. */
GTask         *pw_keyring_call_take_task (PwKeyringCall       *self);

/* Harmless if it has returned. @message: NULL = the code's title. */
void           pw_keyring_call_fail      (PwKeyringCall       *self,
                                          PwError              code,
                                          const char          *message);
void           pw_keyring_call_succeed   (PwKeyringCall       *self);        /* with TRUE */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PwKeyringCall, pw_keyring_call_unref)
