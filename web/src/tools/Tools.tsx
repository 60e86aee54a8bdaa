import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t, type Key } from '../i18n'
import { nationalMap, toMap, tool, type Tool } from '../state/tools'
import { measure, measuring } from '../state/view'
import { failureOf } from '../ui/Failure'

const icons: Record<Tool, string> = {
  measure: 'M2.500 13.500 13.500 2.500l4 4-11 11zM6 10l2 2M9 7l2 2M12 4l2 2',
  save: 'M10 3v9m0 0 3.500-3.500M10 12 6.500 8.500M3.500 13.500v3h13v-3',
}
const titles: Record<Tool, Key> = { measure: 'tool.measure', save: 'tool.save' }
/** The code of a tool comes when it is taken up, so that the first view of the map stays small. */
const loads: Record<Tool, () => Promise<{ default: ComponentType }>> = { measure: () => import('./Measure'), save: () => import('./Save') }

export function ToolButtons() {
  return <>{(['measure', 'save'] as const).map((one) => (
    <button key={one} type="button" class="tool-button" aria-label={t(titles[one])} title={t(titles[one])} aria-pressed={tool.value === one}
      onClick={() => { tool.value = tool.value === one ? null : one }}>
      <svg viewBox="0 0 20 20" aria-hidden="true"><path d={icons[one]} fill="none" stroke="currentColor" stroke-width="1.600" stroke-linejoin="round" stroke-linecap="round" /></svg>
    </button>
  ))}</>
}

/** The tool that is in hand. */
export function ToolPanel() {
  const [loaded, setLoaded] = useState<{ tool: Tool; View: ComponentType } | null>(null)
  const [failure, setFailure] = useState('')
  // A link that holds a measurement opens with it.
  useEffect(() => { if (measure.value.length > 0) tool.value = 'measure' }, [])
  useEffect(() => {
    const { value } = tool
    measuring.value = value === 'measure'
    if (!value) return
    setFailure('')
    loads[value]().then((module) => setLoaded({ tool: value, View: module.default }), (error: unknown) => setFailure(failureOf(error).title))
  }, [tool.value])
  if (!tool.value) return null
  const View = loaded?.tool === tool.value && nationalMap.value ? loaded.View : null
  return (
    <section class="tool" aria-label={t(titles[tool.value])} data-testid="tool">
      <h2>{t(titles[tool.value])}</h2>
      <button type="button" class="icon-button card-close" aria-label={t('tool.close')} onClick={() => { tool.value = null; toMap() }}>×</button>
      {failure ? <p role="alert">{failure}</p> : View ? <View /> : <p role="status">{t('state.loading')}</p>}
    </section>
  )
}
