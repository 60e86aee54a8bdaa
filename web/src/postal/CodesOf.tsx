import { useState } from 'preact/hooks'
import { postal, type Candidates } from '../api/postal'
import { formatPercent, localiseDigits } from '../format/number'
import { comma, lang } from '../i18n'
import { Code } from './Code'
import { Field, Form } from '../inquiry/Form'
import { useQuestion } from '../inquiry/question'
import { Result } from '../inquiry/Result'
import { w } from './words'

export function CodesOf() {
  const [address, setAddress] = useState('')
  const { answer, ask, retry } = useQuestion<Candidates>()
  return (
    <>
      <Form busy={answer.state === 'loading'} onAsk={() => ask((asked, signal) => postal.codes(asked, address.trim(), signal))}>
        <Field label={w('text')} hint={w('text.hint')} value={address} set={setAddress} long max={500} />
      </Form>
      <Result answer={answer} retry={retry}>{({ candidates }) => candidates.length === 0
        ? <div class="postal-none"><strong>{w('nocodes')}</strong><p>{w('nocodes.next')}</p></div>
        : candidates.map((one, i) => (
          <article class="postal-card" key={i}>
            <header><span class="chip">{w('confidence', { percent: formatPercent(one.confidence * 100, lang.value) })}</span></header>
            <p class="postal-line" dir="auto">{localiseDigits(one.address, lang.value)}</p>
            {one.reasons[lang.value].length > 0 && <ul class="postal-findings">{one.reasons[lang.value].map((reason) => <li key={reason}>{reason}</li>)}</ul>}
            {one.unmatched.length > 0 && <p class="unmatched">{w('unmatched', { words: localiseDigits(one.unmatched.join(comma()), lang.value) })}</p>}
            <ul class="postal-units">{one.units.map((unit) => (
              <li key={unit.id}><Code code={unit.postal_code} /> {unit.unit && <span>{w('unit')} {localiseDigits(unit.unit, lang.value)}</span>}</li>
            ))}</ul>
          </article>
        ))}</Result>
    </>
  )
}
