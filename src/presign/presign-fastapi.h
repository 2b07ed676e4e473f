/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "presign/presign-call.h"

/* The protocol of a FastAPI and boto3 backend, byte for byte as its clients expect it: every route
 * is a POST with a JSON body, and what S3 says is a 500 with boto3's text. Pure but for the store;
 * any thread. */
extern const PresignDialectClass presign_fastapi;
