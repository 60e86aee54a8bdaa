import { useEffect, useState } from 'preact/hooks'
import { formatBytes } from '../format/size'
import { lang } from '../i18n'
import { Bar } from '../ui/Bar'
import { FailureBox } from '../ui/Failure'
import { duration } from './duration'
import type { Courier, Transfer } from './tus'
import { w } from './words'

/** Files on their way, with speed and time left. */
export function Transfers({ courier, onGone }: { courier: Courier; onGone: () => void }) {
  const list = courier.transfers.value
  const sending = list.some((one) => one.state === 'sending')
  const stopped = list.some((one) => one.state === 'paused' || one.state === 'failed')
  const whole = list.every((one) => one.state === 'done')
  const [leaving, setLeaving] = useState(false)
  useEffect(() => {
    if (!sending) return
    const hold = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', hold)
    return () => removeEventListener('beforeunload', hold)
  }, [sending])
  return (
    <section class="transfers" aria-label={w('send')} data-state={whole ? 'done' : sending ? 'sending' : stopped ? 'stopped' : 'waiting'}>
      <ul>{list.map((one, index) => <Row key={index} transfer={one} />)}</ul>
      {whole && courier.failure.value == null && <p role="status">{w('handing')}</p>}
      {courier.failure.value != null && <FailureBox error={courier.failure.value} retry={() => void courier.start()} />}
      {!whole && <p class="note">{w('keep')}</p>}
      <p class="actions">
        {sending && <button type="button" class="button" onClick={() => void courier.pause()}>{w('pause')}</button>}
        {stopped && !sending && <button type="button" class="button" onClick={() => void courier.start()}>{w('resume')}</button>}
        <button type="button" class="button plain" aria-disabled={leaving} onClick={() => {
          if (leaving) return
          setLeaving(true)
          void courier.cancel().then(onGone)
        }}>{w('cancel')}</button>
      </p>
    </section>
  )
}

function Row({ transfer: { file, sent, speed, state, error } }: { transfer: Transfer }) {
  const share = file.size > 0 ? (sent / file.size) * 100 : 100
  const size = (bytes: number) => formatBytes(bytes, lang.value)
  return (
    <li>
      <p class="transfer-head"><bdi>{file.name}</bdi><span class={`badge ${state}`}>{w(state)}</span></p>
      <div role="progressbar" aria-label={file.name} aria-valuenow={Math.floor(share)} aria-valuemin={0} aria-valuemax={100}><Bar percent={share} /></div>
      <p class="note">
        {w('of', { sent: size(sent), all: size(file.size) })}
        {speed !== null && speed > 0 && state === 'sending' && <> · {w('speed', { speed: size(speed) })} · {w('left', { time: duration((file.size - sent) / speed) })}</>}
      </p>
      {error != null && <FailureBox error={error} />}
    </li>
  )
}
