import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Resource } from '../api/resource'
import { agencyName } from '../api/session'
import { formatNumber, persianLetters } from '../format'
import { lang, nameOf } from '../i18n'
import { Dialog } from '../ui/Dialog'
import { FailureBox } from '../ui/Failure'
import { TextField } from '../ui/Field'
import { Loading } from '../ui/Loading'
import { Day } from '../ui/When'
import type { Agency, Moment } from './data'
import { w } from './words'

export const roles = ['uploader', 'reviewer', 'publisher', 'inquirer', 'committee-member', 'administrator', 'auditor'] as const

export const When = ({ at }: { at: Moment | null }) => (at ? <Day at={at.at} /> : <>—</>)
export const Code = ({ children }: { children: ComponentChildren }) => <bdi dir="ltr" class="code">{children}</bdi>

/** Codes one after another; many of them behind their number. */
export function Codes({ of }: { of: readonly string[] }) {
  const all = <span class="a-codes">{of.map((one) => <Code key={one}>{one}</Code>)}</span>
  return of.length <= 4 ? all : <details><summary>{formatNumber(of.length, lang.value)}</summary>{all}</details>
}

/** An agency by its name, as far as the reader may know it, and its code. */
export function Named({ code, among = [] }: { code: string; among?: readonly Agency[] }) {
  const found = among.find((one) => one.code === code)
  const name = found ? nameOf(found) : agencyName(code)
  return name === code ? <Code>{code}</Code> : <><bdi>{name}</bdi><small><Code>{code}</Code></small></>
}

/** Options of agencies, by name. */
export const agencyOptions = (agencies: readonly Agency[], first?: string) =>
  [...(first === undefined ? [] : [{ value: '', label: first }]), ...[...agencies].sort((a, b) => nameOf(a).localeCompare(nameOf(b), lang.value)).map((one) => ({ value: one.code, label: nameOf(one) }))]

/** What was loaded, or its waiting, its fault, or that there is nothing. */
export function Loaded<T>({ of, empty, none, children }: { of: Resource<T>; empty: (data: T) => boolean; none?: string; children: (data: T) => ComponentChildren }) {
  if (of.error != null) return <FailureBox error={of.error} retry={of.reload} />
  if (!of.data) return <Loading lines={5} />
  return <>{empty(of.data) ? <p class="empty">{none ?? w('nothing')}</p> : children(of.data)}</>
}

/** The part of a long list that has what was typed, in any of the texts of a row. */
export function Findable<R>({ rows, texts, children }: { rows: readonly R[]; texts: (row: R) => readonly (string | undefined)[]; children: (rows: readonly R[]) => ComponentChildren }) {
  const [typed, setTyped] = useState('')
  const wanted = persianLetters(typed.trim().toLowerCase())
  const found = wanted ? rows.filter((row) => texts(row).some((one) => one && persianLetters(one.toLowerCase()).includes(wanted))) : rows
  return (
    <>
      {rows.length > 10 && <div class="a-find"><TextField label={w('find')} value={typed} set={setTyped} max={100} name="find" /></div>}
      {found.length ? children(found) : <p class="empty">{w('find.none')}</p>}
    </>
  )
}

interface Form { title: string; act: () => Promise<unknown>; children: ComponentChildren
  /** Whether it is open, where something else than its button opens it too. */
  held?: { open: boolean; set: (open: boolean) => void } }

/** A form that opens below its button, tells its fault in place, and closes when it is done. */
export function Making({ title, act, children, held }: Form) {
  const own = useState(false)
  const [open, setOpen] = held ? [held.open, held.set] : own
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const form = useRef<HTMLFormElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const was = useRef(open)
  // The keyboard goes into the form with who opens it, and back to its button.
  useEffect(() => {
    if (open) form.current?.querySelector<HTMLElement>('input, select, textarea')?.focus()
    else if (was.current) button.current?.focus()
    was.current = open
  }, [open])
  const send = (event: Event) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setFailure(null)
    act().then(() => setOpen(false), setFailure).finally(() => setBusy(false))
  }
  if (!open) return <p class="actions"><button type="button" class="button" ref={button} onClick={() => setOpen(true)}>{title}</button></p>
  return (
    <form class="work" aria-label={title} ref={form} onSubmit={send}>
      <h2>{title}</h2>
      {children}
      {failure != null && <FailureBox error={failure} />}
      <p class="actions">
        <button class="button" aria-disabled={busy}>{w('save')}</button>
        <button type="button" class="button plain" onClick={() => { setOpen(false); setFailure(null) }}>{w('cancel')}</button>
      </p>
    </form>
  )
}

/** A button whose act takes something away: it asks once more. */
export function Grave({ label, title, why, act }: { label: string; title: string; why: ComponentChildren; act: () => Promise<unknown> }) {
  const [open, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  return (
    <>
      <button type="button" class="link-button" onClick={() => { setFailure(null); setOpen(true) }}>{label}<span class="visually-hidden">: {title}</span></button>
      {open && (
        <Dialog title={title} act={label} grave busy={busy} error={failure} onClose={() => setOpen(false)}
          onAct={() => { setBusy(true); setFailure(null); act().then(() => setOpen(false), setFailure).finally(() => setBusy(false)) }}><p>{why}</p></Dialog>
      )}
    </>
  )
}

/** What is told this once. */
export function Secret({ title, value, onClose }: { title: string; value: string; onClose: () => void }) {
  const [copied, setCopied] = useState(false)
  return (
    <div class="a-secret" role="status">
      <strong>{title}</strong>
      <p>{w('once')}</p>
      <p class="a-value"><bdi dir="ltr" class="code" data-testid="secret">{value}</bdi></p>
      <p class="actions">
        <button type="button" class="button small" onClick={() => { navigator.clipboard.writeText(value).then(() => setCopied(true), () => {}) }}>{w(copied ? 'copied' : 'copy')}</button>
        <button type="button" class="button plain small" onClick={onClose}>{w('noted')}</button>
      </p>
    </div>
  )
}
