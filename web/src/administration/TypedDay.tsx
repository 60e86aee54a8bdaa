import { Problem } from '../api/problem'
import { formatDate } from '../format'
import { typedDay } from '../format/jalali'
import { lang } from '../i18n'
import { TextField } from '../ui/Field'
import { pairs, w } from './words'

/** A day that was typed and is none. It is told as other faults are. */
export class NotADay extends Problem {
  constructor() { super(422, { title_fa: pairs['day.wrong'][0], title: pairs['day.wrong'][1] }) }
}

/** A day, past or to come, typed in either calendar; what it comes to is told below it. */
export function TypedDay({ label, value, set, name }: { label: string; value: string; set: (value: string) => void; name: string }) {
  const day = typedDay(value)
  return <TextField label={label} value={value} set={set} ltr max={12} required name={name} hint={day ? <>{formatDate(day, lang.value)} · <bdi dir="ltr" class="code">{day}</bdi></> : <span class={value ? 'wrong' : undefined}>{w(value ? 'day.wrong' : 'day.hint')}</span>} />
}
