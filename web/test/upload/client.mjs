// One run of the real tus client, as a process that can be killed: client.mjs OPTIONS, which are JSON. What happens is told in lines of JSON on stdout.
import { createReadStream } from 'node:fs'
import { FileUrlStorage, Upload } from 'tus-js-client'

const given = JSON.parse(process.argv[2])
const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`)
let skewed = false

const upload = new Upload(createReadStream(given.file), {
  endpoint: given.endpoint,
  uploadUrl: given.uploadUrl ?? null,
  chunkSize: given.chunkSize,
  retryDelays: given.retryDelays ?? [0, 200, 500, 1000, 2000, 3000, 5000, 5000, 5000],
  metadata: given.metadata,
  headers: { Authorization: `Bearer ${given.key}` },
  urlStorage: new FileUrlStorage(given.storage),
  removeFingerprintOnSuccess: true,
  onBeforeRequest(request) {
    if (given.skew && !skewed && request.getMethod() === 'PATCH' && Number(request.getHeader('Upload-Offset')) > 0) {
      skewed = true
      request.setHeader('Upload-Offset', String(Number(request.getHeader('Upload-Offset')) - given.skew))
    }
  },
  onAfterResponse(request, response) {
    tell({ event: 'answer', method: request.getMethod(), status: response.getStatus(), offset: Number(response.getHeader('Upload-Offset') ?? -1) })
  },
  onUploadUrlAvailable() { tell({ event: 'url', url: upload.url }) },
  onProgress(sent) { tell({ event: 'sent', offset: sent }) },
  onChunkComplete(_, accepted) { tell({ event: 'accepted', offset: accepted }) },
  onSuccess() { tell({ event: 'done', url: upload.url }) },
  onError(error) {
    tell({ event: 'error', status: error.originalResponse?.getStatus() ?? 0, text: String(error.message) })
    process.exitCode = 1
  },
})

const before = given.uploadUrl ? [] : await upload.findPreviousUploads()
if (before.length > 0) {
  tell({ event: 'resumed', url: before[0].uploadUrl })
  upload.resumeFromPreviousUpload(before[0])
}
upload.start()
