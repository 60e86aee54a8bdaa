import type { ComponentChildren } from 'preact'
import { lang } from '../i18n'
import { Frame } from '../ui/Frame'

interface Way<Id extends string> { id: Id; title: string; href: string }
interface Props<Id extends string> {
  title: string; label: string; services: string; kind?: string
  ways: readonly Way<Id>[]; current: Id | string; choose: (id: Id) => void
  asked: string; lead: string; children: ComponentChildren
}

/** A page of inquiries: its ways to ask, each with an address of its own, and the one that is chosen. */
export function InquiryPage<Id extends string>({ title, label, services, kind, ways, current, choose, asked, lead, children }: Props<Id>) {
  return (
    <Frame>
      <div class={kind ? `postal ${kind}` : 'postal'}>
        <h1>{title}</h1>
        <nav class="postal-tabs" aria-label={label}>
          {ways.map((one) => (
            <a key={one.id} href={one.href} aria-current={one.id === current ? 'page' : undefined}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return
                event.preventDefault()
                choose(one.id)
              }}>{one.title}</a>
          ))}
        </nav>
        <section class="postal-sheet" id="question" tabIndex={-1} aria-label={asked}>
          <p class="postal-lead-text">{lead}</p>
          {children}
        </section>
        <p class="postal-foot"><a href={`/services?lang=${lang.value}`}>{services}</a></p>
      </div>
    </Frame>
  )
}
