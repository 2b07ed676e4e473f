/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-call.h"

/* The routes of v2 that are about objects, and about what there is: handlers for presign-v2.c. */

HttpResponse *presign_v2_get_capabilities (PresignCall *call, PresignProblem *problem);
HttpResponse *presign_v2_sign_object      (PresignCall *call, PresignProblem *problem);
HttpResponse *presign_v2_get_object       (PresignCall *call, PresignProblem *problem);
HttpResponse *presign_v2_list_uploads     (PresignCall *call, PresignProblem *problem);

/* 412, if there is an object of that key. FALSE: @problem. Asks the store. */
gboolean      presign_v2_check_absent     (PresignCall *call, const char *key,
                                           PresignProblem *problem);
