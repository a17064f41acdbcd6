/** Returns a random id of 8 hexadecimal digits, for a log or an attempt. */
export function randomId(): string {
  return [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
