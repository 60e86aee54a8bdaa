import { formatDate } from '../format'
import { jalaliDay } from '../format/jalali'
import { lang } from '../i18n'
import { TextField } from '../ui/Field'
import { w } from './words'

/** A day of a filter: until it is whole it filters nothing. */
export function JalaliFilter({ label, value, set, name }: { label: string; value: string; set: (value: string) => void; name: string }) {
  const day = jalaliDay(value)
  return <TextField label={label} value={value} set={set} ltr max={12} name={name} hint={day ? formatDate(day, lang.value) : w('day.hint')} />
}
