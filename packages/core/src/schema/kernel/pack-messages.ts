/** Messages of their own memory, one behind the other. */
export interface PackedMessages {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly starts: Int32Array<ArrayBuffer>
  /** A tombstone ends before its start. */
  readonly ends: Int32Array<ArrayBuffer>
}

type Places = { readonly bytes: Uint8Array; readonly starts: Int32Array; readonly ends: Int32Array }

/** Copies some of the messages in a buffer. */
export function packMessages({ bytes, starts, ends }: Places, numbers: Int32Array): PackedMessages {
  const lengths = Array.from(numbers, (i) => (ends[i] as number) - (starts[i] as number))
  const packed = new Uint8Array(lengths.reduce((sum, length) => sum + Math.max(0, length), 0))
  const [from, to] = [new Int32Array(numbers.length), new Int32Array(numbers.length)]
  let at = 0
  for (const [k, length] of lengths.entries()) {
    const start = starts[numbers[k] as number] as number
    from[k] = at
    to[k] = at + length
    if (length <= 0) continue
    packed.set(bytes.subarray(start, start + length), at)
    at += length
  }
  return { bytes: packed, starts: from, ends: to }
}
