import { useState } from 'preact/hooks'
import { api, request } from '../api/client'
import { useResource } from '../api/resource'
import type { Text } from '../api/types'
import { formatNumber, localiseDigits } from '../format'
import { lang, text } from '../i18n'
import { asked, remember } from '../ui/address'
import { Choice } from '../ui/Field'
import { Table } from '../ui/Table'
import { Code, Loaded } from './parts'
import { pairs, w, type Word } from './words'

interface Rule { code: string; severity: 'E' | 'W' | 'I' | 'off'; scope: string; title: Text; parameters: { name: string; unit: string; value: number; title: Text }[]; reference: string; alias?: string; since: number; fixed: boolean; excusable: boolean }
interface Rules { rule_set: string; rules: Rule[]; profiles: { code: string; title: Text; about: Text }[] }

/** The rules by which deliveries are checked: severities and parameters as they hold, by theme and profile. */
export function RuleSets() {
  const [theme, setTheme] = useState(asked('theme'))
  const [profile, setProfile] = useState(asked('profile'))
  const themes = useResource('themes', api.themes)
  const told = useResource(`rules ${theme} ${profile}`, (signal) => request<Rules>('/v1/rules', { query: { theme: theme || undefined, profile: (theme && profile) || undefined }, signal }))
  const about = told.data?.profiles.find((one) => one.code === (profile || 'standard'))
  return (
    <>
      <p class="note">{w('rules.why')}</p>
      <div class="pair">
        <Choice label={w('theme')} value={theme} set={(value) => { setTheme(value); remember({ theme: value }) }} options={[{ value: '', label: w('rules.all') }, ...(themes.data?.themes ?? []).map((one) => ({ value: one.code, label: text(one.title) }))]} name="theme" />
        {theme && <Choice label={w('profile')} value={profile || 'standard'} set={(value) => { setProfile(value); remember({ profile: value }) }} options={(told.data?.profiles ?? []).map((one) => ({ value: one.code, label: text(one.title) }))} hint={about && text(about.about)} name="profile" />}
      </div>
      <Loaded of={told} empty={(data) => data.rules.length === 0}>{(data) => (
        <>
          <p>{w('rules.set')} <Code>{data.rule_set}</Code> · {w('rules.n', { n: data.rules.length })}</p>
          <Table caption={w('tab.rules')} rows={data.rules} keyOf={(one) => one.code} columns={[
            { id: 'code', title: w('code'), cell: (one) => <><Code>{one.code}</Code>{one.alias && !one.reference?.includes(one.alias) && <small><Code>{one.alias}</Code></small>}</> },
            { id: 'severity', title: w('severity'), cell: (one) => <><span class={`gravity ${one.severity}`}>{w(`severity.${one.severity}` as Word)}</span>{one.fixed && <small>{w('fixed')}</small>}</> },
            { id: 'title', title: w('rule'), cell: (one) => <>{text(one.title)}{one.reference && <small><bdi>{one.reference}</bdi></small>}</> },
            { id: 'parameters', title: w('parameters'), cell: (one) => (one.parameters.length ? <ul>{one.parameters.map((p) => <li key={p.name}>{text(p.title)}: <b>{p.unit === 'year' ? localiseDigits(String(p.value), lang.value) : formatNumber(p.value, lang.value, 6)}</b>{p.unit !== 'year' && <> <bdi>{unitOf(p.unit)}</bdi></>}</li>)}</ul> : '—') },
            { id: 'since', title: w('since'), number: true, cell: (one) => formatNumber(one.since, lang.value) },
            { id: 'excusable', title: w('excusable'), cell: (one) => w(one.excusable ? 'yes' : 'no') },
          ]} />
        </>
      )}</Loaded>
    </>
  )
}

const unitOf = (unit: string) => (Object.hasOwn(pairs, `unit.${unit}`) ? w(`unit.${unit}` as Word) : unit)
