import { useEffect } from 'preact/hooks'
import type { Progress, Theme } from '../api/types'
import { t } from '../i18n'
import { pin, selection } from '../state/selection'
import { toMap } from '../state/tools'
import { narrow, sheetHeight } from '../ui/layout'
import { FeatureCard } from './FeatureCard'
import { PlaceCard } from './PlaceCard'
import { ReverseCard } from './ReverseCard'

interface Props { themes: readonly Theme[]; progress: Progress | null }

/** The small card on the map about whatever was chosen last. */
export function Card({ themes, progress }: Props) {
  const chosen = selection.value
  const close = () => {
    if (document.activeElement?.closest('.card')) toMap()
    selection.value = null
    pin.value = null
  }
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => { if (event.key === 'Escape' && !(event.target instanceof HTMLInputElement)) close() }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  if (!chosen) return null
  return (
    <section class="card" tabIndex={-1} aria-live="polite" data-testid="card" {...(narrow.value && { style: { minBlockSize: `${sheetHeight.value}px` } })}>
      <button type="button" class="icon-button card-close" aria-label={t('card.close')} onClick={close}>×</button>
      {chosen.kind === 'features' && <FeatureCard features={chosen.features} themes={themes} progress={progress} />}
      {chosen.kind === 'place' && <PlaceCard place={chosen.place} version={chosen.version} />}
      {chosen.kind === 'reverse' && <ReverseCard lon={chosen.lon} lat={chosen.lat} />}
    </section>
  )
}
