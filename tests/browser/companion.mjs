// SPDX-FileCopyrightText: The Partway authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The real Companion on a port of the kernel's choice, which it prints as
// "listening on http://127.0.0.1:PORT". Configured by its own COMPANION_… variables.

import standalone from '@uppy/companion/standalone'

// Companion keeps a log of requests on stdout; only our line belongs there.
const say = process.stdout.write.bind(process.stdout)
process.stdout.write = process.stderr.write.bind(process.stderr)
const { app } = standalone()
const server = app.listen(0, '127.0.0.1', () => {
  say(`listening on http://127.0.0.1:${server.address().port}\n`)
})
