// SPDX-FileCopyrightText: The Partway authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Opens one of pages/ in Debian's Chromium, gives it a file, lets it upload, and prints what the
// page says of it as one line of JSON.
//
//   node drive.mjs '{"page": "fetch.html", "file": "/path", "options": {…}}'
//
// "options" is what the page's upload() takes; pages/*.js say what that is. A page that gives
// {"reload": true} is loaded again and called once more, as after a crash of the browser; what it
// throws comes as "error". The pages are served on a port of their own: the backend is another origin
// for them.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { chromium } from 'playwright-core'

const PAGES = new URL('pages/', import.meta.url)
const QUIET = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-dev-shm-usage', '--no-proxy-server']

async function servePage (request, response) {
  const name = basename(new URL(request.url, 'http://localhost').pathname)
  try {
    const content = await readFile(new URL(name, PAGES))
    response.setHeader('content-type', name.endsWith('.js') ? 'text/javascript' : 'text/html')
    response.end(content)
  } catch {
    response.statusCode = 404
    response.end()
  }
}

// seconds: what the uploading took, without the browser's start.
async function load (page, url, job) {
  await page.goto(url)
  await page.setInputFiles('#file', job.file)
  const began = process.hrtime.bigint()
  const result = await page.evaluate(
    options => window.upload(document.querySelector('#file').files[0], options)
      .catch(error => ({ error: String(error) })), job.options ?? {})
  return { ...result, seconds: Number(process.hrtime.bigint() - began) / 1e9 }
}

async function drive (job, folder) {
  const server = createServer(servePage)
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET, headless: true
  })
  context.setDefaultTimeout(0)
  try {
    const page = context.pages()[0] ?? await context.newPage()
    const messages = []
    page.on('console', message => messages.push(message.text()))
    page.on('pageerror', error => messages.push(String(error)))
    const url = `http://127.0.0.1:${server.address().port}/${job.page}`
    let result = { reload: true }
    let loads = 0
    for (; result.reload && loads <= 3; loads++) result = await load(page, url, job)
    return { ...result, loads, messages }
  } finally {
    await context.close()
    server.close()
  }
}

const folder = await mkdtemp(join(tmpdir(), 'partway-chromium-'))
try {
  console.log(JSON.stringify(await drive(JSON.parse(process.argv[2]), folder)))
} finally {
  await rm(folder, { recursive: true, force: true })
}
