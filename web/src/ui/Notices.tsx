import type { Theme } from '../api/types'
import { t } from '../i18n'
import { mapFailureText } from '../map/MapView'
import { clearMapFailure, mapFailures } from '../state/zoom'

/** What went wrong on the map, until it is dismissed. */
export function Notices({ themes }: { themes: readonly Theme[] }) {
  return (
    <div class="notices" role="status">
      {[...mapFailures.value].map(([name, detail]) => (
        <p key={name} class="notice">
          {mapFailureText(name, detail, themes)} {name.startsWith('tiles') && t('error.status.next')}
          {(name === 'start' || name === 'units') && <button type="button" class="link-button" onClick={() => location.reload()}>{t('state.retry')}</button>}
          <button type="button" class="icon-button" aria-label={t('state.dismiss')} onClick={() => clearMapFailure(name)}>×</button>
        </p>
      ))}
    </div>
  )
}
