import { useState } from 'preact/hooks'
import { delivery, type Submission } from '../api/delivery'
import type { Role } from '../api/session'
import { Dialog } from '../ui/Dialog'
import { FailureBox } from '../ui/Failure'
import { TextField } from '../ui/Field'
import { w } from './words'

type Verdict = 'accept' | 'publish' | 'return'

/** Yes as a reviewer, yes as a publisher, or no with a reason. Who uploaded is refused by the server. */
export function Decision({ submission, roles, onDone }: { submission: Submission; roles: readonly Role[]; onDone: (submission: Submission) => void }) {
  const [asking, setAsking] = useState(false)
  const [reason, setReason] = useState('')
  const [note, setNote] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const decide = async (decision: Verdict, why: string) => {
    if (busy) return
    setBusy(true)
    setError(null)
    try {
      onDone(await delivery.act(submission.tracking, 'review', { decision, ...(why.trim() && { reason: why.trim() }) }))
      setAsking(false)
    } catch (cause) {
      setError(cause)
    } finally {
      setBusy(false)
    }
  }
  const [publishes, reviews] = [roles.includes('publisher'), roles.includes('reviewer') && submission.state === 'submitted']
  if (!publishes && !reviews) return <p class="note">{w('noRole')}</p>
  const removed = submission.report?.features_removed ?? 0
  return (
    <section class="decision" aria-label={w('decide')}>
      <h2>{w('decide')}</h2>
      {removed > 0 && <p class="wrong">{w('large', { n: removed })}</p>}
      <TextField label={w('note')} value={note} set={setNote} name="note" />
      {error != null && !asking && <FailureBox error={error} />}
      <p class="actions">
        {publishes && <button type="button" class="button" title={w('publishWhy')} aria-disabled={busy} onClick={() => void decide('publish', note)}>{w('publish')}</button>}
        {reviews && <button type="button" class={publishes ? 'button plain' : 'button'} title={w('acceptWhy')} aria-disabled={busy} onClick={() => void decide('accept', note)}>{w('accept')}</button>}
        <button type="button" class="button plain" onClick={() => { setError(null); setAsking(true) }}>{w('return')}</button>
      </p>
      <p class="note">{publishes ? w('publishWhy') : w('acceptWhy')} {w('own')}</p>
      {asking && (
        <Dialog title={w('returnAsk')} act={w('return')} grave busy={busy} error={error} onAct={() => void decide('return', reason)} onClose={() => setAsking(false)}>
          <p>{w('returnWhy')}</p>
          <TextField label={w('reason')} value={reason} set={setReason} required long name="reason" />
        </Dialog>
      )}
    </section>
  )
}
