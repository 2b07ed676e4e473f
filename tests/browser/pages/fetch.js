// SPDX-FileCopyrightText: The Partway authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The page that usually goes with the FastAPI Lambda: five calls, one part at a time, what it needs
// to go on with is kept in localStorage. options:
//
//   backend       base URL
//   chunk         bytes of a part (10 MiB)
//   stopAfter     parts after which the first load of the page gives up: {"reload": true}
//   omitNumber    /list-parts without a partNumber, as such pages do
//   keepQuotes    ETags go to /complete-multipart-upload as S3 and /list-parts gave them
//   token         Authorization: Bearer …

async function call (options, route, body) {
  const headers = { 'Content-Type': 'application/json' }
  if (options.token) headers.Authorization = `Bearer ${options.token}`
  const answer = await fetch(options.backend + route, {
    method: 'POST', headers, body: JSON.stringify(body)
  })
  if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

async function sendPart (options, upload, partNumber, blob) {
  const { presignedUrl } = await call(options, '/get-presigned-url', { ...upload, partNumber })
  const answer = await fetch(presignedUrl, { method: 'PUT', body: blob })
  if (!answer.ok) throw new Error(`part ${partNumber}: ${answer.status} ${await answer.text()}`)
  return answer.headers.get('ETag')
}

async function findUpload (options, file) {
  const saved = JSON.parse(localStorage.getItem('upload'))
  if (!saved) {
    const { uploadId, key } = await call(options, '/start-multipart-upload',
      { fileName: options.name ?? file.name })
    localStorage.setItem('upload', JSON.stringify({ uploadId, key }))
    return { upload: { uploadId, key }, parts: [] }
  }
  const { parts } = await call(options, '/list-parts',
    options.omitNumber ? saved : { ...saved, partNumber: 1 })
  return { upload: saved, parts }
}

window.upload = async function (file, options) {
  const chunk = options.chunk ?? 10 * 1024 * 1024
  const { upload, parts } = await findUpload(options, file)
  const known = new Map(parts.map(part => [part.PartNumber, part.ETag]))
  const taken = known.size
  let sent = 0
  for (let n = 1; (n - 1) * chunk < file.size; n++) {
    if (known.has(n)) continue
    if (options.stopAfter && taken === 0 && sent === options.stopAfter) return { reload: true }
    known.set(n, await sendPart(options, upload, n, file.slice((n - 1) * chunk, n * chunk)))
    sent++
    document.querySelector('#progress').value = n * chunk / file.size
  }
  const list = [...known].sort((a, b) => a[0] - b[0]).map(([PartNumber, ETag]) => (
    { PartNumber, ETag: options.keepQuotes ? ETag : ETag.replaceAll('"', '') }))
  const { message } = await call(options, '/complete-multipart-upload', { ...upload, parts: list })
  localStorage.removeItem('upload')
  return { key: upload.key, message, sent, taken }
}
