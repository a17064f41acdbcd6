import { fromRecordBatch, join, pick, readIpc, schemaOfFields } from '@tickets/core/arrow'
import { arrowFile } from '../../encoders/arrow.ts'
import { footerText, parseFooter } from './footers.ts'
import { describe, type Format, type Keep, type RowSchema, type Rows, shapeOf } from './format.ts'
import { keepOthers, matchesIn } from './row-filter.ts'

/** Rows of a record batch in a merged file, about. */
const BATCH_ROWS = 65_536

function open(bytes: Uint8Array): { schema: RowSchema; batches: Rows[]; footer: ReturnType<typeof parseFooter> } {
  const { fields, metadata, batches } = readIpc(bytes)
  const footer = parseFooter(metadata.get('tickets'))
  const schema = schemaOfFields(fields, describe(footer))
  return { schema, footer, batches: batches.map((batch) => fromRecordBatch(schema, batch)) }
}

/** Returns the rows of a batch that `keep` selects. */
export function kept(batch: Rows, keep: Keep | null): Rows {
  const rows = keep?.(batch) ?? null
  return rows ? pick(batch, rows) : batch
}

async function* yielded<V>(values: readonly V[]): AsyncGenerator<V> {
  yield* values
}

/** Arrow IPC files: one after the other, in record batches of a good size. The merged file is held in memory, uncompressed as it is. */
export const arrowFormat: Format = {
  async open(bytes) {
    const { schema, batches, footer } = open(bytes)
    return {
      rows: batches.reduce((sum, batch) => sum + batch.length, 0),
      footer,
      shape: shapeOf(schema.fields),
      fields: schema.fields,
      batches: () => yielded(batches),
      find: (filter) => matchesIn(schema.fields, () => yielded(batches), filter),
      close() {},
    }
  },
  async *merge({ files, read, footer, keep, filter }, count) {
    const stays = filter ? keepOthers(filter) : keep
    let schema: RowSchema | null = null
    let rows = 0
    let small: Rows[] = []
    const whole: Rows[] = []
    const flush = () => {
      if (small.length > 0) whole.push(join(small))
      small = []
    }
    for (let i = 0; i < files; i++) {
      const input = open(await read(i))
      schema ??= input.schema
      for (const batch of input.batches) {
        const left = kept(batch, stays)
        if (left.length === 0) continue
        rows += left.length
        small.push(left)
        if (small.reduce((sum, one) => sum + one.length, 0) >= BATCH_ROWS) flush()
      }
    }
    flush()
    count(rows)
    if (schema) yield await arrowFile(schema, whole, new Map(footer ? [['tickets', footerText(footer)]] : []))
  },
}
