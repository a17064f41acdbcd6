import type { Batch, Field } from '@tickets/core'
import { type ColumnReader, columnReaders } from '@tickets/core/internal'
import type { Encoder } from './encoder.ts'
import { utf8Chunks } from './utf8.ts'
import { jsonValue } from './value-text.ts'

/** `"key":value` of row `i`; an empty text where the key is absent. */
function memberOf(field: Field, read: ColumnReader['read']): (i: number) => string {
  const key = `${JSON.stringify(field.name)}:`
  const text = jsonValue(field)
  return (i) => {
    const value = read(i)
    return value === undefined ? '' : value === null ? `${key}null` : key + text(value)
  }
}

function lines(batch: Batch<unknown>): Uint8Array[] {
  const members = columnReaders(batch).map(({ field, read }) => memberOf(field, read))
  return utf8Chunks('', batch.length, (i) => {
    let line = ''
    for (const member of members) {
      const text = member(i)
      if (text !== '') line += line === '' ? text : `,${text}`
    }
    return `{${line}}\n`
  })
}

/** JSON Lines: an object a row, its keys in schema order, instants as ISO 8601 with Z. */
export const jsonEncoder: Encoder = {
  extension: 'jsonl',
  encode: async (_schema, batches) => batches.flatMap(lines),
}
