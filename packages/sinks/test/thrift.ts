/** A struct of Thrift's compact protocol: its fields by their ids. */
export interface Struct {
  readonly [id: number]: Value
}
type Value = number | boolean | Buffer | Struct | readonly Value[]

/** Reads one struct by the protocol's description alone; returns it, and how many bytes it took. */
export function readThrift(given: Uint8Array): { struct: Struct; length: number } {
  const bytes = Buffer.from(given)
  let at = 0
  const varint = () => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] as number
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  const signed = () => {
    const value = varint()
    return value % 2 ? -(value + 1) / 2 : value / 2
  }
  const read = (type: number): Value => {
    if (type === 4 || type === 5 || type === 6) return signed()
    if (type === 8) {
      const length = varint()
      at += length
      return bytes.subarray(at - length, at)
    }
    if (type === 9) {
      const head = bytes[at++] as number
      const length = head >> 4 === 15 ? varint() : head >> 4
      const element = (head & 15) === 1 ? () => (bytes[at++] as number) === 1 : () => read(head & 15)
      return Array.from({ length }, element)
    }
    if (type === 12) return struct()
    throw new Error(`type ${type} at byte ${at}`)
  }
  const struct = (): Struct => {
    const fields: Record<number, Value> = {}
    for (let id = 0; ; ) {
      const head = bytes[at++] as number
      if (head === 0) return fields
      id = head >> 4 ? id + (head >> 4) : signed()
      const type = head & 15
      fields[id] = type === 1 || type === 2 ? type === 1 : read(type)
    }
  }
  return { struct: struct(), length: at }
}

/** Returns the footer of a Parquet file. */
export function readFooter(file: Uint8Array): Struct {
  const length = Buffer.from(file).readUInt32LE(file.length - 8)
  return readThrift(file.subarray(file.length - 8 - length)).struct
}
