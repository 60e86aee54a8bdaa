import { useRef, useState } from 'preact/hooks'
import { delivery, type Upload } from '../api/delivery'
import { formatDate } from '../format'
import { formatBytes } from '../format/size'
import { lang } from '../i18n'
import { to } from '../ui/address'
import { FailureBox } from '../ui/Failure'
import { discard } from './tus'
import { w } from './words'

/** What was begun and not delivered: after a reload, a broken line or a closed lid. */
export function Begun({ uploads, onFiles, reload }: { uploads: readonly Upload[]; onFiles: (files: File[], as: Upload) => void; reload: () => void }) {
  const [error, setError] = useState<unknown>(null)
  const deliver = async (upload: Upload) => {
    setError(null)
    try {
      const made = await delivery.deliver({ agency: upload.agency, ...(upload.theme && { theme: upload.theme }), ...(upload.territory && { territory: upload.territory }),
        uploads: uploads.filter((one) => one.tracking === upload.tracking && one.completed_at).map((one) => one.id) })
      location.assign(to(`/submissions/${made.tracking}`))
    } catch (cause) {
      setError(cause)
    }
  }
  const drop = async (upload: Upload) => {
    setError(null)
    await discard(upload.id).then(reload, setError)
  }
  return (
    <section class="begun" aria-label={w('begun')}>
      <h2>{w('begun')}</h2>
      <p class="note">{w('begunLead')}</p>
      {error != null && <FailureBox error={error} />}
      <ul>{uploads.map((one) => <One key={one.id} upload={one} onFile={(file) => onFiles([file], one)} onDeliver={() => void deliver(one)} onDrop={() => void drop(one)} />)}</ul>
    </section>
  )
}

function One({ upload, onFile, onDeliver, onDrop }: { upload: Upload; onFile: (file: File) => void; onDeliver: () => void; onDrop: () => void }) {
  const input = useRef<HTMLInputElement>(null)
  const whole = upload.completed_at !== null
  return (
    <li>
      <span><bdi>{upload.name}</bdi>
        <small>{whole ? w('begunWhole') : w('begunShare', { sent: formatBytes(upload.received, lang.value), all: formatBytes(upload.bytes, lang.value) })} · {w('until', { date: formatDate(upload.expires_at, lang.value) })}</small>
      </span>
      <span class="actions">
        {whole ? <button type="button" class="button" onClick={onDeliver}>{w('deliver')}</button> : (
          <>
            <button type="button" class="button" onClick={() => input.current?.click()}>{w('goOn')}</button>
            <input ref={input} class="visually-hidden" type="file" tabIndex={-1} aria-label={`${w('goOn')}: ${upload.name}`} onChange={(event) => { const file = event.currentTarget.files?.[0]; if (file) onFile(file) }} />
          </>
        )}
        <button type="button" class="button plain" onClick={onDrop}>{w('cancel')}</button>
      </span>
    </li>
  )
}
