import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { t, type Key } from '../i18n'
import { narrow } from '../ui/layout'
import { Sheet } from './Sheet'

export type Tab = 'progress' | 'layers'
export const tab = signal<Tab>('progress')
const tabs: readonly { id: Tab; title: Key }[] = [{ id: 'progress', title: 'tab.progress' }, { id: 'layers', title: 'tab.layers' }]

export function Panel(content: Record<Tab, ComponentChildren>) {
  const step = (event: KeyboardEvent) => {
    if (!['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) return
    event.preventDefault()
    const index = tabs.findIndex((one) => one.id === tab.value)
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? tabs.length - 1 : (index + 1) % tabs.length
    tab.value = tabs[next]!.id
    document.getElementById(`tab-${tab.value}`)?.focus()
  }
  const inner = (
    <>
      <div class="tabs" role="tablist" aria-label={t('panel.label')} onKeyDown={step}>
        {tabs.map(({ id, title }) => (
          <button key={id} type="button" role="tab" id={`tab-${id}`} aria-selected={tab.value === id} aria-controls={`panel-${id}`}
            tabIndex={tab.value === id ? 0 : -1} onClick={() => { tab.value = id }}>{t(title)}</button>
        ))}
      </div>
      {tabs.map(({ id }) => (
        <div key={id} class="panel-body" role="tabpanel" id={`panel-${id}`} aria-labelledby={`tab-${id}`} tabIndex={0} hidden={tab.value !== id}>
          {content[id]}
        </div>
      ))}
    </>
  )
  return narrow.value ? <Sheet>{inner}</Sheet> : <aside class="panel" id="panel" tabIndex={-1} aria-label={t('panel.label')}>{inner}</aside>
}
