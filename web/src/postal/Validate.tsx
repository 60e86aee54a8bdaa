import { useState } from 'preact/hooks'
import { postal, type Finding, type Validation } from '../api/postal'
import { text } from '../i18n'
import { Code } from './Code'
import { Field, Form } from '../inquiry/Form'
import { useQuestion } from '../inquiry/question'
import { Result } from '../inquiry/Result'
import { w, type Word } from './words'

export function Validate() {
  const [code, setCode] = useState('')
  const { answer, ask, retry } = useQuestion<Validation>()
  const check = (one: string) => ask((asked, signal) => postal.validate(asked, one, signal))
  return (
    <>
      <Form busy={answer.state === 'loading'} onAsk={() => check(code)}>
        <Field label={w('code')} hint={w('code.hint')} value={code} set={setCode} ltr />
      </Form>
      <Result answer={answer} retry={retry}>{(found) => <Answers found={found} onTake={(one) => { setCode(one); check(one) }} />}</Result>
    </>
  )
}

function Answers({ found, onTake }: { found: Validation; onTake: (code: string) => void }) {
  const rows: [Word, boolean | null][] = [
    ['format', found.format_valid], ['prefix', found.prefix_known], ['exists', found.exists], ['active', found.active],
  ]
  return (
    <>
      {found.postal_code && <p class="postal-lead"><Code code={found.postal_code} /></p>}
      <ul class="postal-checks">
        {rows.map(([key, is]) => (
          <li key={key} data-is={String(is)}>
            <i aria-hidden="true">{is === null ? '–' : is ? '✓' : '✕'}</i>
            <span>{w(key)}</span>
            <b>{w(is === null ? 'notasked' : is ? 'yes' : 'no')}</b>
          </li>
        ))}
      </ul>
      <Findings title={w('errors')} list={found.errors} />
      <Findings title={w('warnings')} list={found.warnings} />
      {found.suggestions.length > 0 && (
        <section class="postal-part">
          <h3>{w('suggestions')}</h3>
          <ul class="postal-suggestions">
            {found.suggestions.map((one) => (
              <li key={one.postal_code}><button type="button" class="link-button" onClick={() => onTake(one.postal_code)}><Code code={one.postal_code} /></button> <span>{one.city}</span></li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}

function Findings({ title, list }: { title: string; list: Finding[] }) {
  if (list.length === 0) return null
  return <section class="postal-part"><h3>{title}</h3><ul class="postal-findings">{list.map((one) => <li key={one.code}>{text(one.message)}</li>)}</ul></section>
}
