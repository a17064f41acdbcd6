import { expect, test } from 'vitest'
import { bufferOf } from './parquet-job.ts'

test('the buffer of a job is that of its rows', () => {
  const buffer = new ArrayBuffer(1)
  expect(bufferOf({ kind: 'ipc', ipc: buffer } as never)).toBe(buffer)
  expect(bufferOf({ kind: 'table', table: { buffer } } as never)).toBe(buffer)
})
