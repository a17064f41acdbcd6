import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import type { Encoder } from '../src/encoders/encoder.ts'
import type { Format } from '../src/lake/formats/format.ts'
import { Every, plain, sparse } from './helpers.ts'

const footer = { schema: 'every', version: 3, keys: [], flow: 'all', tasks: { t: [['0', '2'] as const] } }

/** Tests what every format with typed columns must do: open a file of its encoder, and merge several. */
export function formatCases(format: Format, encoder: Encoder): void {
  async function file(...rows: Every[]): Promise<Uint8Array> {
    const bytes = await encoder.encode(Every, [Batch.of(Every, rows)], new Map([['tickets', JSON.stringify(footer)]]))
    return Buffer.concat([bytes].flat())
  }

  async function texts(bytes: Uint8Array): Promise<unknown[]> {
    const opened = await format.open(bytes)
    const found: unknown[] = []
    for await (const batch of opened.batches?.(['text']) ?? []) found.push(...batch.toArray().map((row) => row.text))
    opened.close()
    return found
  }

  async function merge(files: readonly Uint8Array[], keep: ((batch: Batch<Record<string, unknown>>) => Int32Array | null) | null) {
    let rows = -1
    const parts: Uint8Array[] = []
    const merged = format.merge({ files: files.length, read: async (i) => files[i] as Uint8Array, footer, keep }, (count) => {
      rows = count
    })
    for await (const part of merged) parts.push(part)
    return { rows, bytes: Buffer.concat(parts) }
  }

  test('a file tells its rows, columns and footer', async () => {
    const opened = await format.open(await file(plain, sparse))
    expect([opened.rows, opened.fields.length, opened.footer]).toEqual([2, Every.fields.length, footer])
    opened.close()
    expect(await texts(await file(plain, sparse))).toEqual([plain.text, sparse.text])
  })

  test('files are merged in order, their rows counted, and superseded ones left out', async () => {
    const files = [await file(plain), await file(sparse, plain)]
    const all = await merge(files, null)
    expect(all.rows).toBe(3)
    expect(await texts(all.bytes)).toEqual([plain.text, sparse.text, plain.text])
    const first = await merge(files, () => Int32Array.of(0))
    expect(first.rows).toBe(2)
    expect(await texts(first.bytes)).toEqual([plain.text, sparse.text])
  })

  test('files without rows give one without rows', async () => {
    const none = await merge([await file()], null)
    expect(none.rows).toBe(0)
    expect((await format.open(none.bytes)).fields).toHaveLength(Every.fields.length)
  })
}
