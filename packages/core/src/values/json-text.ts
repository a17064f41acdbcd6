/** Deeper values are refused: readers of JSON have limits of their own. */
const MAX_DEPTH = 128

/**
 * Returns a value as JSON text, or null where JSON would change it without a word: an infinity, half a surrogate pair, `undefined`, a `Date`.
 *
 * @example
 * jsonText({ a: 1 }) // '{"a":1}'
 */
export function jsonText(value: unknown): string | null {
  return isJson(value, 0) ? JSON.stringify(value) : null
}

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return false
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1))
  // Whatever has a form of its own in JSON does not come back as what it was.
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) return false
  return Object.entries(value).every(([key, item]) => key.isWellFormed() && isJson(item, depth + 1))
}

/**
 * Returns bytes as base64 text.
 *
 * @example
 * base64Of(Uint8Array.of(1, 2)) // 'AQI='
 */
export function base64Of(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
