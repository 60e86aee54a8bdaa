import { useEffect, useState } from 'preact/hooks'

/** A value as it is when it has not changed for a moment: what is typed is looked for when the typing pauses. */
export function useSettled<T>(value: T, milliseconds = 300): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
