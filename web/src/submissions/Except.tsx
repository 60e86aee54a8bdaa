import { useState } from 'preact/hooks'
import { delivery, type Finding, type Submission } from '../api/delivery'
import { quotesApart } from '../format'
import { text } from '../i18n'
import { Dialog } from '../ui/Dialog'
import { TextField } from '../ui/Field'
import { w } from './words'

/** A reviewer lets a row break a rule, and says why. */
export function Except({ submission, finding, onClose, onDone }: { submission: Submission; finding: Finding; onClose: () => void; onDone: (submission: Submission) => void }) {
  const [reason, setReason] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const act = async () => {
    setBusy(true)
    setError(null)
    await delivery.act(submission.tracking, 'exceptions', { rule: finding.rule, source: finding.source, row: finding.row ?? 0, reason }).then(onDone, setError)
    setBusy(false)
  }
  return (
    <Dialog title={w('exceptAsk')} act={w('except')} busy={busy} error={error} onAct={() => void act()} onClose={onClose}>
      <p>{quotesApart(text(finding.message))}</p>
      <p class="note">{w('exceptWhy')}</p>
      <TextField label={w('reason')} value={reason} set={setReason} required long name="reason" />
    </Dialog>
  )
}
