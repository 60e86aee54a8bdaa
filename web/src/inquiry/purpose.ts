import { effect, signal } from '@preact/signals'

const kept = 'nsdi-purpose'

/** What the answers are for. It is recorded with each question, so the person says it: once for as long as the tab is open. */
export const purpose = signal(sessionStorage.getItem(kept) ?? '')
effect(() => sessionStorage.setItem(kept, purpose.value))
