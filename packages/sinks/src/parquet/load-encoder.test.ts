import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import { packIpc } from '../pack/pack-ipc.ts'
import { packTable } from '../pack/pack-table.ts'
import { loadEncoder } from './load-encoder.ts'
import type { ParquetJob } from './parquet-job.ts'

const settings = { compression: 'SNAPPY', rowGroupRows: 100, plain: false } as const
const footer = new Map([['tickets', '{}']])
const batches = [Batch.of(Every, [plain])] as never
const jobs = {
  table: (): ParquetJob => ({ kind: 'table', file: 0, before: 0, table: packTable(Every as never, batches), settings, footer }),
  ipc: (): ParquetJob => ({ kind: 'ipc', ...packIpc(Every as never, batches), times: [], numbers: [], settings, footer }),
}

test.each([
  ['table', 'ipc'],
  ['ipc', 'table'],
] as const)('an encoder for jobs of the kind %s encodes those, and refuses others', async (engine, other) => {
  const encoder = await loadEncoder(engine)
  expect(Buffer.concat(encoder.encode(jobs[engine]()).parts).toString('latin1', 0, 4)).toBe('PAR1')
  expect(encoder.memory).toBeGreaterThan(0)
  expect(() => encoder.encode(jobs[other]())).toThrow(`for jobs of the kind ${engine} got one of another`)
})
