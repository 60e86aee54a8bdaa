import { Problem, Unreachable, Unreadable, type Failure } from '../api/problem'
import { lang, t } from '../i18n'

/** What MapLibre throws where the browser has no WebGL2. Asking the browser beforehand would make it set up a second one. */
export const withoutGraphics = (error: unknown) => error instanceof Error && error.name === 'GPUInitializationError'

/** Any error as what happened and the next step, in the reader's language. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Problem) {
    return error.failure(lang.value) ?? { title: t('error.status', { status: error.status }), next: t('error.status.next') }
  }
  if (error instanceof Unreachable) return { title: t('error.unreachable'), next: t('error.unreachable.next') }
  if (error instanceof Unreadable) return { title: t('error.unreadable'), next: t('error.unreadable.next') }
  if (withoutGraphics(error)) return { title: t('map.error.webgl') }
  return { title: t('error.unexpected'), detail: error instanceof Error ? error.message : String(error), next: t('error.unreadable.next') }
}

export function FailureBox({ error, retry }: { error: unknown; retry?: () => void }) {
  const failure = failureOf(error)
  const lasting = error instanceof Problem && [403, 404, 410].includes(error.status) // asked again it is the same
  return (
    <div class="failure" role="alert">
      <strong>{failure.title}</strong>
      {failure.detail && <p>{failure.detail}</p>}
      {failure.next && <p>{failure.next}</p>}
      {retry && !lasting && <button type="button" class="button" onClick={retry}>{t('state.retry')}</button>}
    </div>
  )
}
