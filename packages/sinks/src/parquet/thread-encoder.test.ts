import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import type { Encoder } from '../encoders/encoder.ts'
import { parquetEncoder } from '../encoders/parquet.ts'
import { parquetThreads } from './thread-encoder.ts'

const footer = new Map([['tickets', '{}']])
const batches = Array.from({ length: 30 }, (_, b) =>
  Batch.of(
    Every,
    Array.from({ length: 1000 }, (_, i) => ({ ...plain, small: 1000 * b + i })),
  ),
)

async function whole(encoder: Encoder): Promise<Buffer> {
  const parts = await encoder.encode(Every as never, batches as never, footer)
  return Buffer.concat(parts instanceof Uint8Array ? [parts] : parts)
}

async function streamed(encoder: Encoder): Promise<Buffer> {
  const file = encoder.open?.(Every as never)
  for (const batch of batches) await file?.add(batch as never)
  return Buffer.concat((await file?.finish(footer)) ?? [])
}

test('the same rows give the same bytes on a thread and on the main thread, at once and as they come', async () => {
  const [here, there] = [0, 1].map((encodeWorkers) =>
    parquetEncoder({ compression: 'snappy', rowGroupRows: 25_000, encodings: 'compact', encodeWorkers }),
  ) as [Encoder, Encoder]
  const expected = await whole(here)
  for (const made of [await whole(there), await streamed(here), await streamed(there)]) expect(Buffer.compare(made, expected)).toBe(0)
})

test.each([-1, 0.5, 65, Number.NaN])('%s threads are refused', (encodeWorkers) => {
  expect(() => parquetThreads('table', { encodeWorkers })).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
