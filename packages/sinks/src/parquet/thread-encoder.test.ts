import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import { parquetEncoder } from '../encoders/parquet.ts'
import { parquetThreads } from './thread-encoder.ts'

test('the same rows give the same bytes on a thread and on the main thread', async () => {
  const [here, there] = [0, 1].map((encodeWorkers) =>
    parquetEncoder({ compression: 'snappy', rowGroupRows: 100, encodings: 'compact', encodeWorkers }),
  )
  const encode = (encoder = here) => encoder?.encode(Every, [Batch.of(Every, [plain, plain])], new Map([['tickets', '{}']]))
  expect(Buffer.compare((await encode(here)) as Uint8Array, (await encode(there)) as Uint8Array)).toBe(0)
})

test.each([-1, 0.5, 65, Number.NaN])('%s threads are refused', (encodeWorkers) => {
  expect(() => parquetThreads('table', { encodeWorkers })).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
