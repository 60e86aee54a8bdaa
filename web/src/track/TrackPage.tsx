import { useState } from 'preact/hooks'
import { request } from '../api/client'
import { useResource } from '../api/resource'
import { session } from '../api/session'
import type { Text } from '../api/types'
import { quotesApart } from '../format'
import { text } from '../i18n'
import { to } from '../ui/address'
import { FailureBox } from '../ui/Failure'
import { TextField } from '../ui/Field'
import { Loading } from '../ui/Loading'
import { When } from '../ui/When'
import { stateName, w } from './words'

interface Moment { at: string; jalali: string }
interface Tracked {
  id: string; kind: string; state: string; state_title: Text; updated: Moment; responsible: Text
  /** `inside` is told to members of the agency whose it is. Files that come in one by one leave the state as it is. */
  events: { seq: number; when: Moment; from: string; to: string; responsible: Text; inside?: { actor: string; note: Text } }[]
}

/** After these there is no next step. */
const ended = ['published', 'unchanged', 'withdrawn', 'abandoned', 'granted', 'issued', 'revoked']

export function TrackPage({ id }: { id: string }) {
  const [typed, setTyped] = useState(id)
  return (
    <>
      <div><h1>{w('title')}</h1><p class="lead">{w('lead')}</p></div>
      <form class="track-form" onSubmit={(event) => { event.preventDefault(); if (typed.trim()) location.assign(to(`/track/${encodeURIComponent(typed.trim())}`)) }}>
        <TextField label={w('id')} hint={<bdi>{w('idHint', { example: 'NSDI-1405-K7Q2-93FX-8' })}</bdi>} value={typed} set={setTyped} ltr max={64} required name="id" />
        <button class="button">{w('go')}</button>
      </form>
      {id && <Followed id={id} />}
    </>
  )
}

function Followed({ id }: { id: string }) {
  const { data, error, reload } = useResource(id, (signal) => request<Tracked>(`/v1/track/${encodeURIComponent(id)}`, { signal }))
  if (error != null) return <FailureBox error={error} retry={reload} />
  if (!data) return <Loading lines={5} />
  return (
    <article class="track" data-state={data.state}>
      <h2>{text(data.state_title)}</h2>
      <p class="note"><bdi dir="ltr" class="tracking">{data.id}</bdi> · <When at={data.updated.at} /></p>
      {text(data.responsible) && !ended.includes(data.state) && <p>{w('next')}: <b>{text(data.responsible)}</b></p>}
      {data.kind === 'submission' && session.value?.person && <p><a href={to(`/submissions/${data.id}`)}>{w('open')}</a></p>}
      <h3>{w('events')}</h3>
      <ol class="track-events">{data.events.filter((one) => one.to !== one.from).reverse().map((one) => (
        <li key={one.seq}>
          <b>{stateName(one.to)}</b> <When at={one.when.at} />
          {text(one.responsible) && <small>{text(one.responsible)}</small>}
          {one.inside && (text(one.inside.note) || one.inside.actor) && <small>{one.inside.actor && <><bdi>{one.inside.actor}</bdi>: </>}<bdi>{quotesApart(text(one.inside.note))}</bdi></small>}
        </li>
      ))}</ol>
    </article>
  )
}
