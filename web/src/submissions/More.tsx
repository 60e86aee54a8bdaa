import { useEffect, useRef } from 'preact/hooks'
import { w } from './words'

/** How much of a list is shown, and the way to more of it. Where the last page takes the button away, what is said there has the focus. */
export function More({ next, shown, all, onMore }: { next: unknown; shown: number; all?: number; onMore: () => void }) {
  const told = useRef<HTMLParagraphElement>(null)
  const asked = useRef(false)
  const ended = next === null
  useEffect(() => { if (ended && asked.current && document.activeElement === document.body) told.current?.focus() }, [ended])
  if (ended && !asked.current) return null
  return (
    <>
      {(ended || all !== undefined) && <p ref={told} class="note" tabIndex={-1}>{w('listed', { n: shown, all: ended ? shown : all! })}</p>}
      {!ended && <p class="actions"><button type="button" class="button plain" onClick={() => { asked.current = true; onMore() }}>{w('more')}</button></p>}
    </>
  )
}
