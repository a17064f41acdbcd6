/**
 * Returns `row[name]`, but never what every object inherits: a row without a column `constructor` has no value there, not a function.
 *
 * @example
 * valueIn({}, 'constructor') // undefined
 */
export function valueIn(row: object, name: string): unknown {
  return name in Object.prototype && !Object.hasOwn(row, name) ? undefined : (row as Readonly<Record<string, unknown>>)[name]
}

/**
 * Returns the value of the column of this name, or of the member of nested objects at this path; undefined where there is none.
 *
 * @example
 * valueAt({ user: { country: 'FR' } }, 'user.country') // 'FR'
 */
export function valueAt(row: object, path: string): unknown {
  const own = valueIn(row, path)
  if (own !== undefined) return own
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const inner = valueIn(row, path.slice(0, dot))
    const found = typeof inner === 'object' && inner !== null ? valueAt(inner, path.slice(dot + 1)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** Writes `row[name]`; a plain assignment to `__proto__` would change the prototype instead. */
export function putIn(row: object, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true })
  else (row as Record<string, unknown>)[name] = value
}

/** Adds the numbers of `from` to those of the same names, and returns `into`, which has no prototype. */
export function addCounts(into: Record<string, number>, from: Readonly<Record<string, number>>): Record<string, number> {
  for (const [name, count] of Object.entries(from)) into[name] = (into[name] ?? 0) + count
  return into
}

/**
 * Returns an object without a prototype, keyed by names that users choose, with the entries of `from`.
 *
 * @example
 * byName<number>()['constructor'] // undefined
 */
export function byName<V>(from: Readonly<Record<string, V>> = {}): Record<string, V> {
  return Object.assign(Object.create(null), from)
}
