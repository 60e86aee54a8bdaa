import { useEffect, useState } from 'preact/hooks'
import { postal, type Certified, type Order } from '../api/postal'
import { formatNumber } from '../format'
import { lang, text } from '../i18n'
import { Field, Form } from '../inquiry/Form'
import { useQuestion } from '../inquiry/question'
import { Result } from '../inquiry/Result'
import { Revoke } from '../inquiry/Revoke'
import { FailureBox } from '../ui/Failure'
import { Code } from './Code'
import { w, type Word } from './words'

const titles: Record<string, Word> = { issued: 'certificate.issued', revoked: 'certificate.revoked', unknown: 'certificate.unknown', invalid: 'certificate.invalid', outside: 'certificate.outside' }
const states: Record<Order['state'], Word> = { waiting: 'order.waiting', making: 'order.making', ready: 'order.ready', failed: 'order.failed' }

/** Certificates of codes, for those who have a grant; many are made in the background. */
export function Certificates() {
  const [codes, setCodes] = useState('')
  const { answer, ask, retry } = useQuestion<Certified>()
  const list = codes.split(/[\n,،;]+/).map((one) => one.trim()).filter(Boolean)
  return (
    <>
      <Form busy={answer.state === 'loading'} onAsk={() => ask((asked, signal) => postal.certify(asked, list, signal))}>
        <Field label={w('certify.codes')} hint={w('certify.hint', { n: list.length })} value={codes} set={setCodes} long max={100_000} />
      </Form>
      <Result answer={answer} retry={retry}>{(found) => (
        <>
          {found.order && <OrderState first={found.order} />}
          {found.certificates.map((one, i) => <Card key={one.number ?? i} of={one} />)}
        </>
      )}</Result>
    </>
  )
}

function Card({ of }: { of: Certified['certificates'][number] }) {
  const [revoked, setRevoked] = useState(false) // its file is no longer given out
  const status = revoked ? 'revoked' : of.status
  return (
    <article class="postal-card" data-good={String(status === 'issued')}>
      <header>{of.postal_code ? <Code code={of.postal_code} /> : <bdi>{of.written}</bdi>}</header>
      <p>{w(titles[status] ?? 'certificate.unknown')}{of.reason && `: ${text(of.reason)}`}</p>
      {of.number && <p class="actions">{of.file && !revoked && <a class="button" href={of.file} target="_blank" rel="noopener">{w('certificate.file')}</a>} <bdi class="code" dir="ltr">{of.number}</bdi></p>}
      {of.number && of.file && <Revoke number={of.number} done={() => setRevoked(true)} />}
    </article>
  )
}

/** How far an order is, asked for until it is done. */
function OrderState({ first }: { first: Order }) {
  const [order, setOrder] = useState(first)
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    if (order.state === 'ready' || order.state === 'failed' || error != null) return
    const abort = new AbortController()
    const timer = setTimeout(() => { postal.order(order.id, abort.signal).then(setOrder, (failed: unknown) => { if (!abort.signal.aborted) setError(failed) }) }, 1500)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [order, error])
  if (error != null) return <FailureBox error={error} retry={() => setError(null)} />
  return (
    <article class="postal-card" data-testid="order">
      <p><strong>{w(states[order.state])}</strong> {formatNumber(order.done, lang.value)} / {formatNumber(order.total, lang.value)}</p>
      <progress max={order.total} value={order.done} aria-label={w(states[order.state])} />
      {order.file && <p class="actions"><a class="button" href={order.file}>{w('order.file')}</a></p>}
    </article>
  )
}
