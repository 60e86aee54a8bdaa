// The classes of completion. Nothing done and everything done are classes of their own:
// what the eye must not mistake is 0, "a little", "almost" and "unknown".

export interface ColourClass { id: 'zero' | 'q1' | 'q2' | 'q3' | 'q4' | 'complete'; from: number; to: number; colour: string }

export const classes: readonly ColourClass[] = [
  { id: 'zero', from: 0, to: 0, colour: '#f6dcc6' },
  { id: 'q1', from: 0, to: 25, colour: '#dcecd9' },
  { id: 'q2', from: 25, to: 50, colour: '#a9d5c1' },
  { id: 'q3', from: 50, to: 75, colour: '#62b0a4' },
  { id: 'q4', from: 75, to: 100, colour: '#2b857f' },
  { id: 'complete', from: 100, to: 100, colour: '#0f4c52' },
]

/** Unknown is grey (and hatched), and never one of the classes. */
export const unknownColour = '#d5dade'
export const unknownHatch = '#b3bcc2'

export function classOf(percent: number | null | undefined): ColourClass | null {
  if (percent === null || percent === undefined || Number.isNaN(percent)) return null
  if (percent <= 0) return classes[0]!
  if (percent >= 100) return classes[5]!
  return classes[1 + Math.floor(percent / 25)]!
}

export function colourOf(percent: number | null | undefined): string {
  return classOf(percent)?.colour ?? unknownColour
}

/** What a place is coloured by: a percentage, null where it is unknown, or that nothing is due there. */
export type Shade = number | null | 'not-applicable'

/** Where nothing is due the ground has dots: it is neither unknown nor done. */
export const notDueColour = '#eef1f4'
export const notDueDots = '#8fa0ab'

/** The shade of a unit by one obligation, or by the mean of what is known. */
export function shadeOf(child: { percent: number | null; obligations: Record<string, number | null>; not_applicable?: string[] }, by: string): Shade {
  if (!by) return child.percent
  return child.obligations[by] ?? (child.not_applicable?.includes(by) ? 'not-applicable' : null)
}
