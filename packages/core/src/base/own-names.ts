/**
 * Returns `row[name]`, but never what every object inherits: a row without a column `constructor` has no value there, not a function.
 *
 * @example
 * valueIn({}, 'constructor') // undefined
 */
export function valueIn(row: object, name: string): unknown {
  return name in Object.prototype && !Object.hasOwn(row, name) ? undefined : (row as Readonly<Record<string, unknown>>)[name]
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
