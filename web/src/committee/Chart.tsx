import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { formatNumber } from '../format'
import { lang } from '../i18n'
import { dark } from '../map/scheme'
import { linesOf } from './curve'
import type { Course } from './types'
import { w } from './words'

const jalaliYear = (fa: boolean) => new Intl.DateTimeFormat(fa ? 'fa-IR-u-ca-persian' : 'en-u-ca-persian', { year: 'numeric', month: 'short', timeZone: 'UTC' })

function tick(seconds: number, fa: boolean, months: boolean): string {
  const parts = jalaliYear(fa).formatToParts(new Date(seconds * 1000))
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? ''
  return months ? `${part('month')} ${part('year')}` : part('year')
}

/** Planned, actual, forecast, deadlines and breaks. The chart is a picture; what it says stands in the table behind it. */
export function Chart({ course, today, axis, span, label, height = 320 }: { course: Course; today: string; axis: 'ltr' | 'rtl'; span: 'all' | 'year'; label: string; height?: number }) {
  const host = useRef<HTMLDivElement>(null)
  const l = lang.value
  useEffect(() => {
    const element = host.current
    if (!element) return
    let plot: uPlot | null = null
    const draw = () => {
      plot?.destroy()
      plot = new uPlot(options(element, course, today, axis, span, height), data(course, today), element)
    }
    draw()
    const watch = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height }))
    watch.observe(element)
    void document.fonts.ready.then(() => plot && draw())
    addEventListener('beforeprint', draw) // an effect of `dark` would come after the paper
    return () => { watch.disconnect(); removeEventListener('beforeprint', draw); plot?.destroy(); plot = null }
  }, [course, today, axis, span, l, height, dark.value])
  return <div class="c-chart" dir="ltr" role="img" aria-label={label} ref={host} />
}

const year = 365 * 86_400

function data(course: Course, today: string): uPlot.AlignedData {
  const lines = linesOf(course, today)
  return [lines.x, lines.legal, lines.revised, lines.early, lines.late, lines.forecast, lines.actual] as uPlot.AlignedData
}

function options(element: HTMLElement, course: Course, today: string, axis: 'ltr' | 'rtl', back: 'all' | 'year', height: number): uPlot.Options {
  const fa = lang.value === 'fa'
  const style = getComputedStyle(element)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const ink = colour('--ink-2')
  const line = colour('--line')
  const lines = linesOf(course, today)
  const font = '12px Vazirmatn, sans-serif'
  const end = lines.x.at(-1) ?? 0
  const start = back === 'year' ? Math.max(lines.x[0] ?? 0, Date.parse(`${today}T00:00:00Z`) / 1000 - year) : (lines.x[0] ?? 0)
  const span = end - start
  const months = span < 3 * year
  return {
    width: element.clientWidth, height, padding: [12, 16, 0, 4],
    cursor: { show: false }, legend: { show: false },
    scales: { x: { time: true, range: [start, Math.max(end, start + 86_400)], dir: axis === 'rtl' ? -1 : 1 }, y: { range: [0, 104] } },
    axes: [
      { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line }, space: 70, ...(!months && { incrs: [1, 2, 5, 10].map((n) => n * year) }), values: (_, ticks) => ticks.map((one) => tick(one, fa, months)) },
      { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line }, size: 56, side: axis === 'rtl' ? 1 : 3, splits: [0, 25, 50, 75, 100], values: (_, ticks) => ticks.map((one) => `${formatNumber(one, lang.value)}٪`.replace('٪', fa ? '٪' : ' %')) },
    ],
    bands: [{ series: [3, 4], fill: colour('--c-band') }],
    series: [
      {},
      { label: w('planned'), stroke: colour('--c-plan'), width: 2, dash: [7, 5], spanGaps: true, points: { show: false } },
      { label: w('revised'), stroke: colour('--c-revised'), width: 2, dash: [2, 4], spanGaps: true, points: { show: false } },
      { label: '', stroke: 'transparent', spanGaps: true, points: { show: false } },
      { label: '', stroke: 'transparent', spanGaps: true, points: { show: false } },
      { label: w('forecast'), stroke: colour('--accent'), width: 2, dash: [3, 3], spanGaps: true, points: { show: false } },
      { label: w('actual'), stroke: colour('--accent'), width: 2.5, points: { show: true, size: 6, fill: colour('--accent') }, ...(uPlot.paths.stepped && { paths: uPlot.paths.stepped({ align: 1 }) }) },
    ],
    hooks: { draw: [(u) => marks(u, lines, colour, ink, font)] },
  }
}

/** Vertical lines with their word: deadlines whole, breaks in dots. */
function marks(u: uPlot, lines: ReturnType<typeof linesOf>, colour: (name: string) => string, ink: string, font: string): void {
  const { ctx, bbox } = u
  const draw = (x: number, stroke: string, dash: number[], word: string, row: number) => {
    const at = Math.round(u.valToPos(x, 'x', true))
    if (at < bbox.left || at > bbox.left + bbox.width) return
    ctx.save()
    ctx.strokeStyle = stroke
    ctx.lineWidth = 1.5 * devicePixelRatio
    ctx.setLineDash(dash.map((n) => n * devicePixelRatio))
    ctx.beginPath()
    ctx.moveTo(at, bbox.top)
    ctx.lineTo(at, bbox.top + bbox.height)
    ctx.stroke()
    ctx.font = font.replace('12px', `${11 * devicePixelRatio}px`)
    ctx.fillStyle = ink
    const near = at > bbox.left + bbox.width / 2
    ctx.textAlign = near ? 'right' : 'left'
    ctx.fillText(word, at + (near ? -5 : 5) * devicePixelRatio, bbox.top + (14 + 15 * row) * devicePixelRatio)
    ctx.restore()
  }
  for (const one of lines.deadlines) draw(one.x, colour(one.kind === 'legal' ? '--c-plan' : '--c-revised'), [], w(one.kind === 'legal' ? 'deadline' : 'revised'), one.kind === 'legal' ? 0 : 1)
  // Words of breaks that are close together take turns.
  lines.breaks.forEach((x, i) => draw(x, ink, [1, 4], w('breakMark'), 2 + (i % 4)))
}
