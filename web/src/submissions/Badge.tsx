import type { Severity, State } from '../api/delivery'
import { w } from './words'

/** The state of a delivery in a word. */
export function Badge({ state }: { state: State }) {
  return <span class={`badge ${state}`}>{w(`state.${state}`)}</span>
}

const signs: Record<Severity, string> = { E: '×', W: '!', I: 'i' }

/** How grave a finding is: by colour, sign and word. */
export function Gravity({ severity }: { severity: Severity }) {
  return <span class={`gravity ${severity}`}><i aria-hidden="true">{signs[severity]}</i>{w(`severity.${severity}`)}</span>
}
