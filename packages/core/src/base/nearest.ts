import { distance } from 'fastest-levenshtein'

/** Returns the names most like this one, the nearest first, at most `most` of them. */
export function closest(given: string, names: readonly string[], most: number): string[] {
  const ranked = names.map((name) => ({ name, far: distance(given.toLowerCase(), name.toLowerCase()) })).sort((a, b) => a.far - b.far)
  return ranked.slice(0, most).map(({ name }) => name)
}

/** Returns the name that was probably meant, or null when none is near. */
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

/** Returns `Did you mean …?`, or all names when none is near. */
export function suggestion(given: string, names: readonly string[]): string {
  const near = nearest(given, names)
  if (near !== null) return `Did you mean ${near}?`
  return names.length === 0 ? 'There are none' : `There are ${names.join(', ')}`
}
