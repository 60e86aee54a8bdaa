import type { Course, Plan } from './types'

const day = (iso: string) => Date.parse(`${iso}T00:00:00Z`) / 1000

export interface Lines {
  x: number[]
  actual: (number | null)[]
  legal: (number | null)[]
  revised: (number | null)[]
  forecast: (number | null)[]
  early: (number | null)[]
  late: (number | null)[]
  deadlines: { x: number; kind: 'legal' | 'revised' }[]
  breaks: number[]
}

/** What a plan has for a day; null before its first milestone. */
export function planned(plan: Plan | null, at: number): number | null {
  const steps = plan?.milestones ?? []
  const next = steps.findIndex((one) => day(one.due) >= at)
  if (steps.length === 0 || (next === 0 && at < day(steps[0]!.due))) return null
  if (next < 0) return steps.at(-1)!.percent
  if (next === 0) return steps[0]!.percent
  const [a, b] = [steps[next - 1]!, steps[next]!]
  return a.percent + ((b.percent - a.percent) * (at - day(a.due))) / (day(b.due) - day(a.due))
}

/** The forecast is drawn this far at most, so that a slow one does not press all else into a corner. */
const farthest = 3 * 365 * 86_400

/** Everything on one axis of days, as the chart needs it. */
export function linesOf(course: Course, today: string): Lines {
  const points = course.now ? [...course.points, course.now] : course.points
  const last = points.at(-1)
  const ends = last ? forecastEnds(course, day(last.day)) : null
  const xs = new Set<number>([day(today)])
  for (const point of points) xs.add(day(point.day))
  for (const plan of [course.legal_plan, course.revised_plan]) for (const step of plan?.milestones ?? []) xs.add(day(step.due))
  for (const b of course.breaks) xs.add(day(b.day) - 1) // a gap before the break
  if (ends) xs.add(ends.x)
  const x = [...xs].sort((a, b) => a - b)
  const done = new Map(points.map((point) => [day(point.day), point.published_percent]))
  const broken = new Set(course.breaks.map((b) => day(b.day) - 1))
  const from = last && last.published_percent !== null ? day(last.day) : null
  const at = (value: 'mid' | 'early' | 'late') => x.map((one) => (ends && from === one ? last!.published_percent : ends && ends.x === one ? ends[value] : null))
  return {
    x,
    // Undefined is bridged by the chart, null is a gap.
    actual: x.map((one) => (broken.has(one) ? null : done.has(one) ? done.get(one)! : (undefined as unknown as null))),
    legal: x.map((one) => planned(course.legal_plan, one)),
    revised: x.map((one) => planned(course.revised_plan, one)),
    forecast: at('mid'), early: at('early'), late: at('late'),
    deadlines: [...(course.legal.deadline ? [{ x: day(course.legal.deadline), kind: 'legal' as const }] : []), ...(course.revised.deadline ? [{ x: day(course.revised.deadline), kind: 'revised' as const }] : [])],
    breaks: course.breaks.map((b) => day(b.day)),
  }
}

function forecastEnds(course: Course, from: number): { x: number; mid: number; early: number; late: number } | null {
  const { forecast } = course
  const start = course.now?.published_percent ?? course.points.at(-1)?.published_percent
  if (start == null || (forecast.state !== 'dated' && forecast.state !== 'distant') || forecast.percent_per_day === null) return null
  const latest = forecast.latest ?? forecast.date
  const x = Math.min(latest ? day(latest) : Infinity, from + farthest)
  const reach = (perDay: number | null) => Math.max(0, Math.min(100, start + ((perDay ?? 0) * (x - from)) / 86_400))
  return { x, mid: reach(forecast.percent_per_day), early: reach(forecast.percent_per_day_fast), late: reach(forecast.percent_per_day_slow) }
}
