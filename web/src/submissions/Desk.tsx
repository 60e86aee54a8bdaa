import { useState } from 'preact/hooks'
import { api } from '../api/client'
import { delivery, type Upload } from '../api/delivery'
import { useResource } from '../api/resource'
import { hasRole, session } from '../api/session'
import type { Theme } from '../api/types'
import { text } from '../i18n'
import { asked, remember, to } from '../ui/address'
import { Choice, TextField } from '../ui/Field'
import { Gate, GiveRoles } from '../ui/Frame'
import { Begun } from './Begun'
import { Drop } from './Drop'
import { List } from './List'
import { Schema } from './Schema'
import { Transfers } from './Transfers'
import { Courier, type Delivery } from './tus'
import { w } from './words'

/** Where one delivers, and finds what was delivered. */
export function Desk() {
  return (
    <>
      <div class="desk-head">
        <div><h1>{w('title')}</h1><p class="lead">{w('lead')}</p></div>
        <Find />
      </div>
      <Gate why={w('signin')}>{() => <Signed />}</Gate>
    </>
  )
}

function Signed() {
  const themes = useResource('themes', api.themes)
  const list = themes.data?.themes ?? []
  const delivers = session.value!.delivers.length > 0
  return (
    <>
      {delivers ? <Counter themes={list} /> : <p class="note">{w('noRole')} <GiveRoles />{hasRole('reviewer', 'publisher') && <> <a href={to('/review')}>{w('toReview')}</a></>}</p>}
      <List themes={list} delivers={delivers} />
    </>
  )
}

/** The counter at which files are handed in. */
function Counter({ themes }: { themes: readonly Theme[] }) {
  const { delivers } = session.value!
  const [desk, setDesk] = useState(0)
  const [theme, setTheme] = useState(asked('theme'))
  const [courier, setCourier] = useState<Courier | null>(null)
  const begun = useResource('uploads', delivery.uploads)
  const limits = useResource('limits', delivery.limits)
  const chosen = delivers[desk]!
  const offered = themes.filter((one) => chosen.themes.includes(one.code))
  const known = offered.some((one) => one.code === theme) ? theme : ''

  const send = (files: File[], as?: Upload) => {
    const of: Delivery = as ? { agency: as.agency, theme: as.theme ?? '', territory: as.territory ?? null } : { agency: chosen.agency, theme: known, territory: chosen.territory }
    const made = new Courier(of, files, begun.data?.uploads ?? [], (submission) => location.assign(to(`/submissions/${submission.tracking}`)))
    setCourier(made)
    void made.start()
  }

  if (courier) return <Transfers courier={courier} onGone={() => { setCourier(null); begun.reload() }} />
  return (
    <section class="counter" aria-label={w('title')}>
      <div class="counter-what">
        {delivers.length > 1 && (
          <Choice label={w('agency')} value={String(desk)} set={(value) => setDesk(Number(value))} name="agency"
            options={delivers.map((one, index) => ({ value: String(index), label: one.territory ? `${text(one.title)} (${one.territory})` : text(one.title) }))} />
        )}
        <Choice label={w('theme')} value={known} name="theme" set={(value) => { setTheme(value); remember({ theme: value }) }}
          options={[{ value: '', label: w('themeLater') }, ...offered.map((one) => ({ value: one.code, label: text(one.title) }))]} />
        {known && <Schema key={known} code={known} />}
      </div>
      <Drop limits={limits} onFiles={(files) => send(files)} />
      {begun.data && begun.data.uploads.length > 0 && <Begun uploads={begun.data.uploads} onFiles={send} reload={begun.reload} />}
    </section>
  )
}

/** The way back to a delivery by its identifier. */
function Find() {
  const [typed, setTyped] = useState('')
  return (
    <form class="find" onSubmit={(event) => { event.preventDefault(); if (typed.trim()) location.assign(to(`/submissions/${encodeURIComponent(typed.trim())}`)) }}>
      <TextField label={w('find')} hint={w('findHint')} value={typed} set={setTyped} ltr max={64} name="tracking" />
      <button class="button plain">{w('go')}</button>
    </form>
  )
}
