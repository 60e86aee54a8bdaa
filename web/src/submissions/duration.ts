import { w } from './words'

/** A time span in its largest unit; nobody needs the seconds of an hour. */
export function duration(seconds: number): string {
  if (seconds < 90) return w('seconds', { n: Math.max(1, Math.round(seconds)) })
  if (seconds < 90 * 60) return w('minutes', { n: Math.round(seconds / 60) })
  if (seconds < 48 * 3600) return w('hours', { n: Math.round(seconds / 3600) })
  return w('days', { n: Math.round(seconds / 86400) })
}
