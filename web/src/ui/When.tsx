import { formatDate, formatMoment, today } from '../format'
import { lang } from '../i18n'

/** An instant as people read it, and beside it as machines write it. */
export function When({ at }: { at: string }) {
  return <time class="when" dateTime={at}><span>{formatMoment(at, lang.value)}</span> <bdi dir="ltr" class="code">{at.slice(0, 16).replace('T', ' ')}Z</bdi></time>
}

/** The ISO day, in Persian only: an English date holds both calendars already. */
export function Iso({ at }: { at: string }) {
  return lang.value === 'fa' ? <> <bdi dir="ltr" class="code">{today(new Date(at))}</bdi></> : null
}

/** A day as people read it. In Persian the ISO day stands beside it; in English the date holds both calendars already. */
export function Day({ at }: { at: string }) {
  return <time class="day" dateTime={at}><span>{formatDate(at, lang.value)}</span><Iso at={at} /></time>
}
