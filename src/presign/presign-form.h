/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-call.h"

/* A form with which a browser POSTs one file to the bucket (S3 API Reference, "Authenticating
 * Requests: Browser-Based Uploads Using POST"), its policy signed. Pure; any thread. */

/* Appends the fields as a JSON object, the object's options among them, and gives the URL to POST
 * to. @lifetime: seconds; gets smaller where credentials end before. NULL: @problem. */
char *presign_form_append (const PresignCall     *call,
                           const char            *key,
                           const S3ObjectOptions *options,
                           guint                 *lifetime,
                           GString               *json,
                           PresignProblem        *problem);
