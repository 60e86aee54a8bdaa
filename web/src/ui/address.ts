import { effect } from '@preact/signals'
import { lang } from '../i18n'

/** The address of a page in the reader's language; what is empty is left out. */
export function to(path: string, query: Record<string, string | number | undefined> = {}): string {
  const params = new URLSearchParams()
  if (lang.value === 'en') params.set('lang', 'en')
  for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== '') params.set(key, String(value))
  const text = params.toString()
  return text ? `${path}?${text}` : path
}

/** Takes the language from the address, and keeps address, document and title true to it from then on. */
export function followLanguage(title: () => string): void {
  lang.value = new URLSearchParams(location.search).get('lang') === 'en' ? 'en' : 'fa'
  effect(() => {
    const query = new URLSearchParams(location.search)
    if (lang.value === 'en') query.set('lang', 'en')
    else query.delete('lang')
    const text = query.toString()
    history.replaceState(null, '', location.pathname + (text ? `?${text}` : '') + location.hash)
    document.documentElement.lang = lang.value
    document.title = title()
  })
}

/** Writes a part of what the page shows into its address, so that a link and a reload show it again. */
export function remember(values: Record<string, string | number | undefined>): void {
  const query = new URLSearchParams(location.search)
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === '') query.delete(key)
    else query.set(key, String(value))
  }
  const text = query.toString()
  history.replaceState(null, '', location.pathname + (text ? `?${text}` : '') + location.hash)
}

export const asked = (name: string) => new URLSearchParams(location.search).get(name) ?? ''

/** Where to sign in, and come back to here. */
export function signIn(): string {
  return `/sign-in?lang=${lang.value}&next=${encodeURIComponent(location.pathname + location.search)}`
}
