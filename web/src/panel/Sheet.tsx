import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../i18n'
import { selection } from '../state/selection'
import { tool } from '../state/tools'
import { sheetHeight } from '../ui/layout'

const peek = 92
const heights = () => {
  const room = innerHeight - 116
  return [peek, Math.round(room * 0.46), room] as const
}

/** The panel on a small screen: a sheet with three heights, by dragging its head or with its button. */
export function Sheet({ children }: { children: ComponentChildren }) {
  const [step, setStep] = useState<0 | 1 | 2>(1)
  const [dragged, setDragged] = useState<number | null>(null)
  const drag = useRef<{ y: number; height: number; moved: boolean } | null>(null)
  const wasDragged = useRef(false)
  const [, redraw] = useState(0)
  const height = dragged ?? heights()[step]

  useEffect(() => {
    const onResize = () => redraw((n) => n + 1)
    window.addEventListener('resize', onResize)
    return () => window.removeEventListener('resize', onResize)
  }, [])
  useEffect(() => {
    if (dragged === null) sheetHeight.value = height
    return () => { sheetHeight.value = 0 }
  }, [height, dragged])

  // What was chosen is on the map, so the sheet makes room for it.
  useEffect(() => {
    if (selection.value) setStep((now) => (now === 2 ? 1 : now))
  }, [selection.value])

  // So does it for a tool that is used on the map.
  useEffect(() => { if (tool.value) setStep(0) }, [tool.value])

  const down = (event: PointerEvent) => {
    drag.current = { y: event.clientY, height, moved: false }
    ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
  }
  const move = (event: PointerEvent) => {
    const start = drag.current
    if (!start) return
    if (Math.abs(event.clientY - start.y) > 4) start.moved = true
    if (start.moved) setDragged(Math.min(heights()[2], Math.max(peek, start.height + start.y - event.clientY)))
  }
  const up = () => {
    const start = drag.current
    drag.current = null
    wasDragged.current = start?.moved ?? false
    if (dragged === null || !start?.moved) return
    const nearest = heights().reduce((best, value, index) => (Math.abs(value - dragged) < Math.abs(heights()[best]! - dragged) ? index : best), 0)
    setStep(nearest as 0 | 1 | 2)
    setDragged(null)
  }
  const toggle = () => {
    // The browser ends a drag with a click.
    if (wasDragged.current) wasDragged.current = false
    else setStep(step === 2 ? 0 : ((step + 1) as 1 | 2))
  }

  return (
    <aside class={`sheet${dragged === null ? '' : ' dragging'}`} id="panel" tabIndex={-1} aria-label={t('panel.label')} style={{ blockSize: `${height}px` }}>
      <button type="button" class="sheet-handle" aria-expanded={step > 0} aria-label={t(step === 2 ? 'panel.collapse' : 'panel.expand')}
        onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={up} onClick={toggle}><i /></button>
      {children}
    </aside>
  )
}
