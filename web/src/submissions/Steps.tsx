import type { State } from '../api/delivery'
import { w } from './words'

const steps = ['received', 'confirmed', 'validated', 'submitted', 'published'] as const
const reached: Record<State, number> = {
  received: 0, inspected: 1, confirmed: 2, validated: 3, submitted: 4, reviewed: 4, approved: 4, published: 5, unchanged: 5, returned: 4, withdrawn: 0, refused: 0,
}

/** How far a delivery is; one that was returned went as far as the desk that returned it. */
export function Steps({ state }: { state: State }) {
  if (state === 'withdrawn' || state === 'refused') return null
  const now = reached[state]
  return (
    <ol class="steps" aria-label={w('steps')}>
      {steps.map((one, index) => {
        const back = index === now && state === 'returned'
        return (
          <li key={one} class={index < now ? 'past' : back ? 'back' : index === now ? 'now' : ''} aria-current={index === now ? 'step' : undefined}>
            <i aria-hidden="true">{index < now ? '✓' : back ? '×' : ''}</i>{w(back ? 'state.returned' : `step.${one}`)}
          </li>
        )
      })}
    </ol>
  )
}
