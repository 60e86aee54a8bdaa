import { useState } from 'preact/hooks'
import { delivery, type RuleCount, type Rules, type Submission } from '../api/delivery'
import { formatNumber, quotesApart } from '../format'
import { lang, text } from '../i18n'
import { FailureBox } from '../ui/Failure'
import { Table } from '../ui/Table'
import { Gravity } from './Badge'
import { w } from './words'

interface Props { submission: Submission; rules: Rules | null; canFix: boolean; chosen: string; onRule: (rule: string) => void; onChanged: (submission: Submission) => void }

const order = { E: 0, W: 1, I: 2 } as const

/** How often each rule was broken, the gravest first; what the server can mend is offered. */
export function RuleTable({ submission, rules, canFix, chosen, onRule, onChanged }: Props) {
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const rows = [...(submission.report!.rules ?? [])].sort((a, b) => order[a.severity] - order[b.severity] || b.count - a.count)
  const remedy = (one: RuleCount) => (canFix && one.proposed ? rules?.rules.find((rule) => rule.code === one.rule)?.remedy : null) ?? null
  const accept = async (rule: string) => {
    if (busy) return
    setBusy(true)
    setError(null)
    await delivery.act(submission.tracking, 'fixes', { rules: [rule] }).then(onChanged, setError)
    setBusy(false)
  }
  return (
    <>
      <Table caption={w('byRule')} rows={rows} keyOf={(one) => one.rule} chosen={(one) => one.rule === chosen} columns={[
        { id: 'severity', title: w('gravity'), cell: (one) => <Gravity severity={one.severity} /> },
        { id: 'rule', title: w('rule'), cell: (one) => (
          <><b>{text(one.title)}</b> <bdi dir="ltr" class="code">{one.rule}</bdi>{one.samples?.[0] && <small>{quotesApart(text(one.samples[0].message))}</small>}</>
        ) },
        { id: 'count', title: w('count'), number: true, cell: (one) => formatNumber(one.count, lang.value) },
        { id: 'do', title: w('action'), cell: (one) => (
          <span class="row-actions">
            <button type="button" class="link-button" aria-label={`${w('show')}: ${text(one.title)}`} aria-pressed={one.rule === chosen} onClick={() => onRule(one.rule === chosen ? '' : one.rule)}>{w('show')}</button>
            {remedy(one) && <button type="button" class="button small" data-fix={one.rule} title={text(remedy(one)!)} aria-disabled={busy} onClick={() => void accept(one.rule)}>{w('acceptAll', { n: one.proposed! })}</button>}
          </span>
        ) },
      ]} />
      {error != null && <FailureBox error={error} />}
    </>
  )
}
