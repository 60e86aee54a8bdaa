import { useEffect } from 'preact/hooks'
import type { Progress, Theme } from '../api/types'
import { t } from '../i18n'
import { pin, selection } from '../state/selection'
import { narrow, sheetHeight } from '../ui/layout'
import { FeatureCard } from './FeatureCard'
import { PlaceCard } from './PlaceCard'
import { ReverseCard } from './ReverseCard'

interface Props { themes: readonly Theme[]; progress: Progress | null }

/** The small card on the map about whatever was chosen last. */
export function Card({ themes, progress }: Props) {
  const chosen = selection.value
  const close = () => {
    // The card is gone then, and what it was about lies on the map.
    if (document.activeElement?.closest('.card')) document.querySelector<HTMLElement>('.map-canvas canvas')?.focus()
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
    <section class="card" aria-live="polite" data-testid="card" {...(narrow.value && { style: { minBlockSize: `${sheetHeight.value}px` } })}>
      <button type="button" class="icon-button card-close" aria-label={t('card.close')} onClick={close}>×</button>
      {chosen.kind === 'features' && <FeatureCard features={chosen.features} themes={themes} progress={progress} />}
      {chosen.kind === 'place' && <PlaceCard place={chosen.place} version={chosen.version} />}
      {chosen.kind === 'reverse' && <ReverseCard lon={chosen.lon} lat={chosen.lat} />}
    </section>
  )
}
