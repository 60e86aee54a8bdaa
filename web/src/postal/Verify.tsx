import { useState } from 'preact/hooks'
import { postal, type Moment, type Verification } from '../api/postal'
import { localiseDigits } from '../format/number'
import { lang, t, type Key } from '../i18n'
import { Field, Form } from './Form'
import { useQuestion } from './question'
import { Result } from './Result'

export function Verify() {
  const [number, setNumber] = useState('')
  const [code, setCode] = useState('')
  const { answer, ask, retry } = useQuestion<Verification>()
  return (
    <>
      <Form inquiry={false} busy={answer.state === 'loading'} onAsk={() => ask((_, signal) => postal.verify(number.trim(), code.trim(), signal))}>
        <Field label={t('postal.certificate')} hint={t('postal.certificate.hint')} value={number} set={setNumber} ltr max={64} />
        <Field label={t('postal.certificate.code')} value={code} set={setCode} ltr required={false} />
      </Form>
      <Result answer={answer} retry={retry}>{(found) => <Document found={found} />}</Result>
    </>
  )
}

function Document({ found }: { found: Verification }) {
  const state = found.state ?? (found.current ? 'current' : 'older')
  const heads: Record<string, Key> = {
    valid: 'postal.valid', expired: 'postal.expired', revoked: 'postal.revoked', current: 'postal.current', older: 'postal.older',
  }
  const good = found.current && found.code_matches !== false
  const day = (moment: Moment) => lang.value === 'fa' ? localiseDigits(moment.jalali.replaceAll('-', '/'), 'fa') : moment.at.slice(0, 10)
  const rows: [Key, Moment | undefined][] = [['postal.issued', found.issued], ['postal.until', found.expires], ['postal.ended', found.revoked]]
  return (
    <article class="postal-card" data-good={String(good)}>
      <p class="postal-verdict"><i aria-hidden="true">{good ? '✓' : '✕'}</i><strong>{t(found.code_matches === false ? 'postal.mismatch' : (heads[state] ?? 'postal.older'))}</strong></p>
      {found.code_matches === true && <p>{t('postal.matches')}</p>}
      {found.code_matches === false && <p>{t(heads[state] ?? 'postal.older')}</p>}
      <dl>
        <div><dt>{t('postal.certificate')}</dt><dd><bdi dir="ltr" class="code">{found.number}</bdi></dd></div>
        {rows.map(([key, moment]) => moment && <div key={key}><dt>{t(key)}</dt><dd>{day(moment)}</dd></div>)}
      </dl>
    </article>
  )
}
