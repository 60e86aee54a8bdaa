import { useEffect, useState } from 'preact/hooks'
import { formatJalali, jalaliNumbers, today } from '../format'
import { typedDay } from '../format/jalali'
import { lang, t } from '../i18n'

/** A day up to today, as ISO: typed in the Jalali calendar in Persian, chosen in the Gregorian one in English, and told below in the other. */
export function DayField({ day, set, hint, name }: { day: string; set: (day: string) => void; hint?: string; name?: string }) {
  const [typed, setTyped] = useState('')
  useEffect(() => { setTyped(day && jalaliNumbers(day)) }, [day])
  const fa = lang.value === 'fa'
  const read = fa ? (typed && (typedDay(typed) ?? '')) : day
  const wrong = typed !== '' && (read === '' || read > today())
  return (
    <>
      {fa
        ? <input name={name} value={typed} dir="ltr" class="ltr-field" maxLength={10} inputMode="numeric" autoComplete="off" placeholder={jalaliNumbers(today())} aria-invalid={wrong}
            onInput={(event) => setTyped(event.currentTarget.value)} onChange={() => { if (!wrong) set(read) }} />
        : <input name={name} type="date" value={day} dir="ltr" class="ltr-field" max={today()} onChange={(event) => set(event.currentTarget.value)} />}
      <small class={wrong ? 'wrong' : undefined}>{wrong ? t('day.wrong') : read ? <>{formatJalali(read, lang.value)} <bdi dir="ltr" class="code">{read}</bdi></> : hint}</small>
    </>
  )
}
