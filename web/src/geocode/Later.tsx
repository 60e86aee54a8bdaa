import { useEffect } from 'preact/hooks'
import { Problem } from '../api/problem'
import { formatNumber } from '../format'
import { lang } from '../i18n'
import { FailureBox } from '../ui/Failure'
import { Errand, type Order } from './order'
import { w } from './words'

/** How far a file is that the server looks up in the background, and its result. */
export function Later({ errand, onAgain }: { errand: Errand; onAgain: () => void }) {
  const order = errand.order.value
  useEffect(() => () => errand.leave(), [errand])
  const sending = !order && errand.failure.value == null
  useEffect(() => { // what is on its way is lost with the page
    if (!sending) return
    const ask = (event: BeforeUnloadEvent) => { event.preventDefault() }
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [sending])
  const failure = order?.problem ? new Problem(422, order.problem) : errand.failure.value
  const open = !order ? sending : order.state === 'waiting' || order.state === 'making'
  const again = () => { Errand.forget(); onAgain() }
  return (
    <section class="results" aria-label={w('results')} data-testid="later" data-state={order?.state ?? 'sending'}>
      <div class="work" role="status">
        <p><bdi>{errand.name}</bdi> · {order ? <How order={order} errand={errand} /> : w('sending', { n: Math.floor(errand.sent.value * 100) })}</p>
        {open && <progress aria-label={w('running')} {...share(order, errand)} />}
      </div>
      {order && <p class="note">{open ? w('laterNote') : <>{w('laterKept')} <button type="button" class="link-button" onClick={() => { void errand.cancel(); onAgain() }}>{w('forget')}</button></>}</p>}
      {failure != null && <FailureBox error={failure} />}
      {order && order.done > 0 && !open && (
        <dl class="figures">{sums(order).map(([key, n]) => <div key={key} data-figure={key}><dt>{w(key)}</dt><dd>{formatNumber(n, lang.value)}</dd></div>)}</dl>
      )}
      <p class="actions">
        {order?.file && <a class="button" href={order.file} download={`${errand.name.replace(/\.\w+$/, '')}-nsdi.csv`}>{w('download')}</a>}
        {open ? <button type="button" class="button plain" onClick={() => { void errand.cancel(); onAgain() }}>{w('cancel')}</button>
          : <button type="button" class="button plain" onClick={again}>{w('another')}</button>}
      </p>
    </section>
  )
}

function How({ order, errand }: { order: Order; errand: Errand }) {
  if (order.state !== 'waiting' && order.state !== 'making') return <>{w(`state.${order.state}`)} · {w('rowsDone', { n: order.done })}</>
  if (order.state === 'waiting' || order.rows === null) return <>{w(order.state === 'waiting' ? 'state.waiting' : 'counting')}</>
  const left = errand.left()
  return (
    <>
      {w('running')} · {w('rowsOf', { n: order.done, all: order.rows })} · {w('percent', { n: Math.floor((order.done * 100) / Math.max(1, order.rows)) })}
      {left !== null && <> · {w('rate', { n: Math.round(errand.rate()) })} · {w('left', { n: left })}</>}
    </>
  )
}

/** Without a value the bar says that nobody knows. */
function share(order: Order | null, errand: Errand): { value?: number; max?: number } {
  if (!order) return { value: errand.sent.value, max: 1 }
  return order.state === 'making' && order.rows ? { value: order.done, max: order.rows } : {}
}

function sums({ done, levels }: Order): (readonly ['foundRows' | 'missing' | 'unread', number])[] {
  const { none = 0, error = 0 } = levels
  return [['foundRows', done - none - error], ['missing', none], ['unread', error]]
}
