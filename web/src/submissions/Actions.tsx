import { useState } from 'preact/hooks'
import { delivery, type Submission } from '../api/delivery'
import { Dialog } from '../ui/Dialog'
import { FailureBox } from '../ui/Failure'
import { Check, TextField } from '../ui/Field'
import { massive } from './removals'
import { useSchema } from './schema'
import { w } from './words'

/** What the uploader can do now. */
export function Actions({ submission: one, confirming, onAgain, onDone }: { submission: Submission; confirming: boolean; onAgain: () => void; onDone: (submission: Submission) => void }) {
  const [asking, setAsking] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const [reason, setReason] = useState('')
  const act = async (step: 'submit' | 'withdraw', body: Record<string, unknown>) => {
    if (busy) return
    setBusy(true)
    setError(null)
    try {
      onDone(await delivery.act(one.tracking, step, body))
      setAsking(false)
    } catch (cause) {
      setError(cause)
    } finally {
      setBusy(false)
    }
  }
  if (one.next.length === 0) return null
  return (
    <section class="act-on">
      {one.next.includes('submit') && !confirming && one.report && <Submit submission={one} busy={busy} act={(body) => void act('submit', body)} />}
      {error != null && !asking && <FailureBox error={error} />}
      <p class="actions">
        {one.next.includes('confirm') && !confirming && one.inspection && <button type="button" class={one.next.includes('submit') ? 'button plain' : 'button'} onClick={onAgain}>{w('remap')}</button>}
        {one.next.includes('withdraw') && <button type="button" class="button plain" onClick={() => { setError(null); setAsking(true) }}>{w('withdraw')}</button>}
      </p>
      {asking && (
        <Dialog title={w('withdrawAsk')} act={w('withdraw')} grave busy={busy} error={error} onAct={() => void act('withdraw', { ...(reason && { reason }) })} onClose={() => setAsking(false)}>
          <p>{w('withdrawWhy')}</p>
          <TextField label={w('reason')} value={reason} set={setReason} />
        </Dialog>
      )}
    </section>
  )
}

function Submit({ submission: { report, theme, allow_removals: allowed }, busy, act }: { submission: Submission; busy: boolean; act: (body: Record<string, unknown>) => void }) {
  const [refused, setRefused] = useState(false)
  const [removals, setRemovals] = useState(false)
  const { data: schema, loading } = useSchema(theme)
  const much = !allowed && !loading && massive(report!, schema?.mass_removal ?? 0) // an unread theme may want a confirmation of every removal
  const ready = !loading && (report!.rows_refused === 0 || refused) && (!much || removals)
  return (
    <form class="submit" onSubmit={(event) => { event.preventDefault(); if (ready && !busy) act({ accept_refused: refused, allow_removals: removals }) }}>
      <p>{w('submitLead')}</p>
      {report!.rows_refused > 0 && <Check label={w('submitRefused', { n: report!.rows_refused })} value={refused} set={setRefused} name="accept_refused" />}
      {much && <Check label={w('submitRemovals', { n: report!.features_removed })} value={removals} set={setRemovals} name="allow_removals" />}
      <button class="button" disabled={!ready} aria-disabled={busy}>{w('submit')}</button>
    </form>
  )
}
