/** Characters that are put together before they become bytes: much longer texts cost more to build than they save. */
const CHUNK = 1 << 18

/** Returns lines as chunks of UTF-8. */
export function utf8Chunks(head: string, lines: number, line: (i: number) => string): Uint8Array[] {
  const encoder = new TextEncoder()
  const chunks: Uint8Array[] = []
  let text = head
  for (let i = 0; i < lines; i++) {
    text += line(i)
    if (text.length >= CHUNK) {
      chunks.push(encoder.encode(text))
      text = ''
    }
  }
  if (text !== '') chunks.push(encoder.encode(text))
  return chunks
}
