import { Batch } from '@tickets/core'
import { readIpc } from '@tickets/core/arrow'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import { packIpc } from './pack-ipc.ts'
import { END_OF_STREAM, recordBatchHead, writeEndOfStream } from './record-batch-message.ts'

test('Arrow reads the head that is written: rows, and nulls of each column', () => {
  const { ipc } = packIpc(Every.extend('plain', {}), [Batch.of(Every, [plain, plain])])
  const [batch] = readIpc(new Uint8Array(ipc)).batches
  expect(batch?.numRows).toBe(2)
  expect(batch?.data.children.map(({ nullCount }) => nullCount)).toEqual(Every.fields.map(({ name }) => (name in plain ? 0 : 2)))
})

test('a head grows by sixteen bytes a column and a buffer', () => {
  expect(recordBatchHead(3, 5) - recordBatchHead(2, 5)).toBe(16)
  expect(recordBatchHead(2, 6) - recordBatchHead(2, 5)).toBe(16)
})

test('a stream ends with a message without metadata', () => {
  const bytes = new ArrayBuffer(END_OF_STREAM)
  writeEndOfStream(new DataView(bytes), 0)
  expect([...new Uint8Array(bytes)]).toEqual([255, 255, 255, 255, 0, 0, 0, 0])
})
