/** How many letters have to be changed, added or taken away to make one text of another. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let k = 1; k <= b.length; k++) {
      const changed = (row[k - 1] as number) + (a[i - 1] === b[k - 1] ? 0 : 1)
      next.push(Math.min((row[k] as number) + 1, (next[k - 1] as number) + 1, changed))
    }
    row = next
  }
  return row[b.length] as number
}

/** The names most like this one, up to three, for a message. */
export function nearest(name: string, names: readonly string[]): string {
  const ranked = names.map((other) => ({ other, far: distance(name.toLowerCase(), other.toLowerCase()) })).sort((a, b) => a.far - b.far)
  return ranked
    .slice(0, 3)
    .map(({ other }) => `"${other}"`)
    .join(', ')
}
