import { formatMoment } from '../format'
import { lang } from '../i18n'

/** An instant as people read it, and beside it as machines write it. */
export function When({ at }: { at: string }) {
  return <time class="when" dateTime={at}><span>{formatMoment(at, lang.value)}</span> <bdi dir="ltr" class="code">{at.slice(0, 16).replace('T', ' ')}Z</bdi></time>
}
