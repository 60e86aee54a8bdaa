import { useState } from 'preact/hooks'
import { postal, type Units } from '../api/postal'
import { Field, Form } from '../inquiry/Form'
import { useQuestion } from '../inquiry/question'
import { Result } from '../inquiry/Result'
import { UnitCard } from './UnitCard'
import { w } from './words'

export function AddressOf() {
  const [code, setCode] = useState('')
  const { answer, ask, retry } = useQuestion<Units>()
  return (
    <>
      <Form busy={answer.state === 'loading'} onAsk={() => ask((asked, signal) => postal.address(asked, code.trim(), signal))}>
        <Field label={w('code')} hint={w('code.hint')} value={code} set={setCode} ltr />
      </Form>
      <Result answer={answer} retry={retry}>{(found) => (
        <>
          {found.units.length > 1 && <p class="postal-note">{w('several')}</p>}
          {found.units.map((unit) => <UnitCard key={unit.id} unit={unit} />)}
        </>
      )}</Result>
    </>
  )
}
