import { useState } from 'preact/hooks'
import { postal, type Moment, type Verification } from '../api/postal'
import { formatArea, localiseDigits } from '../format'
import { platePhrase } from '../format/plate'
import { hasRole } from '../api/session'
import { lang } from '../i18n'
import { Field, Form } from './Form'
import { useQuestion } from './question'
import { to } from '../ui/address'
import { Day } from '../ui/When'
import { Result } from './Result'
import { Revoke } from './Revoke'
import { w, type Word } from './words'

export function Verify() {
  const [number, setNumber] = useState('')
  const [code, setCode] = useState('')
  const { answer, ask, retry } = useQuestion<Verification>()
  return (
    <>
      <Form inquiry={false} busy={answer.state === 'loading'} onAsk={() => ask((_, signal) => postal.verify(number.trim(), code.trim(), signal))}>
        <Field label={w('certificate')} hint={w('certificate.hint')} value={number} set={setNumber} ltr max={64} />
        <Field label={w('certificate.code')} value={code} set={setCode} ltr required={false} />
      </Form>
      <Result answer={answer} retry={retry}>{(found) => <Document found={found} again={retry} />}</Result>
    </>
  )
}

function Document({ found, again }: { found: Verification; again: () => void }) {
  const state = found.state ?? (found.current ? 'current' : 'older')
  const heads: Record<string, Word> = {
    valid: 'valid', expired: 'expired', revoked: 'revoked', current: 'current', older: 'older',
  }
  const good = found.current && found.code_matches !== false
  const { parcel } = found
  const rows: [Word, Moment | undefined][] = [['issued', found.issued], ['until', found.expires], ['ended', found.revoked]]
  return (
    <article class="postal-card" data-good={String(good)}>
      <p class="postal-verdict"><i aria-hidden="true">{good ? '✓' : '✕'}</i><strong>{w(found.code_matches === false ? 'mismatch' : (heads[state] ?? 'older'))}</strong></p>
      {found.code_matches === true && <p>{w('matches')}</p>}
      {found.code_matches === false && <p>{w(heads[state] ?? 'older')}</p>}
      <dl>
        <div><dt>{w('certificate')}</dt><dd><bdi dir="ltr" class="code">{found.number}</bdi></dd></div>
        {parcel && <div><dt>{w('plate')}</dt><dd>{platePhrase(parcel.plate.main, parcel.plate.sub, lang.value)}</dd></div>}
        {parcel && <div><dt>{w('section')}</dt><dd dir="auto">{localiseDigits(parcel.section, lang.value)}</dd></div>}
        {parcel && <div><dt>{w('area')}</dt><dd>{formatArea(parcel.area_m2, lang.value)}</dd></div>}
        {rows.map(([key, moment]) => moment && <div key={key}><dt>{w(key)}</dt><dd><Day at={moment.at} /></dd></div>)}
      </dl>
      {parcel && <p><a href={to('/parcels', { id: parcel.id })}>{w('show')}</a></p>}
      {found.kind === 'postal-certificate' && state === 'valid' && hasRole('inquirer', 'publisher', 'administrator') && <Revoke key={found.number} number={found.number} done={again} />}
    </article>
  )
}
