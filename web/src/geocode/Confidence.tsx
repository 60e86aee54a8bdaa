import { formatPercent } from '../format'
import { lang } from '../i18n'
import { w } from './words'

const colours = { sure: '#1a7f37', doubtful: '#a15c07', poor: '#c0271d' } as const

/** A confidence's colour on the map and beside the answer; the figure stands with it. */
export function colourOf(confidence: number): string {
  return confidence >= 0.8 ? colours.sure : confidence >= 0.5 ? colours.doubtful : colours.poor
}

export function Confidence({ value }: { value: number }) {
  return <span class="confidence"><span class="visually-hidden">{w('confidence')} </span><i aria-hidden="true"><i style={{ inlineSize: `${Math.round(value * 100)}%`, background: colourOf(value) }} /></i><b>{formatPercent(Math.round(value * 100), lang.value)}</b></span>
}
