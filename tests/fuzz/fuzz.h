/* SPDX-FileCopyrightText: The Partway authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* What a fuzzer is: a file fuzz-NAME.c that defines this, once, and corpus/NAME/ with inputs that
 * people can read. Built with clang and `-Dc_args=-fsanitize=fuzzer-no-link` (tests/fuzz/run does
 * it) libFuzzer looks for inputs that break it; built as usual, replay.c gives it its corpus alone,
 * so that what was once found is held against every build. It must not fail for any input, leave
 * nothing behind, and not depend on what came before. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);
