// SPDX-FileCopyrightText: The Partway authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Uppy with @uppy/aws-s3, as its manual says; bundled into pages/uppy.js. options:
//
//   companion     URL of a Companion, or
//   sign          URL of a route for signRequest
//   multipart     in parts, or in one piece
//   pauseAt       share of the file after which it is paused for a moment, then goes on
//   token         Authorization: Bearer … for signRequest

import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'

function getSigner (options) {
  if (options.companion) return { companionEndpoint: options.companion }
  const headers = { 'Content-Type': 'application/json' }
  if (options.token) headers.Authorization = `Bearer ${options.token}`
  return {
    signRequest: async request => {
      const answer = await fetch(options.sign, {
        method: 'POST', headers, body: JSON.stringify(request)
      })
      if (!answer.ok) throw new Error(`sign: ${answer.status} ${await answer.text()}`)
      return answer.json()
    },
    generateObjectKey: file => file.name
  }
}

const later = ms => new Promise(resolve => setTimeout(resolve, ms))

// What came while it was paused must be nothing.
async function pauseOnce (uppy, told) {
  uppy.pauseAll()
  await later(300)
  const before = told.bytes
  await later(300)
  told.pausedAt = before
  told.movedInPause = told.bytes - before
  uppy.resumeAll()
}

window.upload = async function (file, options) {
  const told = { bytes: 0, parts: 0, pausedAt: 0, movedInPause: 0 }
  const uppy = new Uppy({ autoProceed: false })
  uppy.use(AwsS3, { shouldUseMultipart: options.multipart ?? true, ...getSigner(options) })
  let isPaused = false
  uppy.on('upload-progress', (_, progress) => {
    told.bytes = progress.bytesUploaded
    if (options.pauseAt && !isPaused && told.bytes > file.size * options.pauseAt) {
      isPaused = true
      pauseOnce(uppy, told)
    }
  })
  uppy.on('s3-multipart:part-uploaded', () => { told.parts++ })
  uppy.addFile({ name: options.name ?? file.name, type: 'application/octet-stream', data: file })
  const { successful, failed } = await uppy.upload()
  return {
    ...told,
    failed: failed.map(item => String(item.error)),
    location: successful[0]?.uploadURL,
    key: successful[0]?.response?.body?.key
  }
}
