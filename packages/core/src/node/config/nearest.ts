import { distance } from 'fastest-levenshtein'

/** The name that was probably meant; null when none is near. */
export function nearest(given: string, names: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.max(2, Math.ceil(given.length * 0.4)) + 1
  for (const name of names) {
    const far = distance(given.toLowerCase(), name.toLowerCase())
    if (far < least) {
      best = name
      least = far
    }
  }
  return best
}

/** `Did you mean …?`, or the names there are. */
export function suggestion(given: string, names: readonly string[]): string {
  const near = nearest(given, names)
  if (near !== null) return `Did you mean ${near}?`
  return names.length === 0 ? 'There are none' : `There are ${names.join(', ')}`
}
