import type { Field } from '@tickets/core'
import { type ColumnData, numberAt } from './column.ts'
import { murmur3 } from './murmur3.ts'

const WORD = 2 ** 32
const DECIMAL_BYTES = 16

/** Returns a function that hashes an integer of 64 bits, given as its lower and its upper half, as the 8 bytes that it is. */
function longHash(): (low: number, high: number) => number {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  return (low, high) => {
    view.setUint32(0, low, true)
    view.setInt32(4, high, true)
    return murmur3(bytes, 0, 8)
  }
}

/** Decimals as their digits without the point, in as few bytes as hold the sign, the highest first. */
function decimalHash(data: ColumnData): (row: number) => number {
  const words = data.values as Uint32Array
  const bytes = new Uint8Array(DECIMAL_BYTES)
  const view = new DataView(bytes.buffer)
  return (row) => {
    for (let word = 0; word < 4; word++) view.setUint32(12 - 4 * word, words[row * 4 + word] as number)
    const sign = (bytes[0] as number) >= 0x80 ? 0xff : 0
    let from = 0
    while (from < DECIMAL_BYTES - 1 && bytes[from] === sign && ((bytes[from + 1] as number) ^ sign) < 0x80) from++
    return murmur3(bytes, from, DECIMAL_BYTES)
  }
}

/**
 * Returns a function that hashes the value in a row as Iceberg does (table spec, appendix B): whole numbers and dates as 64 bits, instants as microseconds,
 * texts as UTF-8, decimals as the fewest bytes of their digits.
 */
export function hashAt(field: Field, data: ColumnData): (row: number) => number {
  switch (field.kind) {
    case 'string':
    case 'bytes': {
      const [offsets, bytes] = [data.valueOffsets as Int32Array, data.values as Uint8Array]
      return (row) => murmur3(bytes, offsets[row] as number, offsets[row + 1] as number)
    }
    case 'enum': {
      const codes = data.values as Int8Array
      const hashes = field.values.map((member) => Buffer.from(member)).map((bytes) => murmur3(bytes, 0, bytes.length))
      return (row) => hashes[codes[row] as number] as number
    }
    case 'decimal':
      return decimalHash(data)
    case 'instant': {
      const [value, hash] = [numberAt(data), longHash()]
      return (row) => {
        const milliseconds = value(row)
        const high = Math.floor(milliseconds / WORD)
        // Microseconds may be more than a number holds exactly, so each half is multiplied alone.
        const low = (milliseconds - high * WORD) * 1000
        return hash(low % WORD, high * 1000 + Math.floor(low / WORD))
      }
    }
    default: {
      const [value, hash] = [numberAt(data), longHash()]
      return (row) => hash(value(row), Math.floor(value(row) / WORD))
    }
  }
}
