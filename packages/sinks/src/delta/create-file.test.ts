import { memoryStorage } from '@tickets/core/testing'
import { expect, test } from 'vitest'
import { createDataFile } from './create-file.ts'

test('writes a file, and throws where another has its name', async () => {
  const storage = memoryStorage().below('table')
  await createDataFile(storage, 'a.parquet', [Uint8Array.of(1), Uint8Array.of(2)])
  expect(await storage.read('a.parquet')).toEqual(Uint8Array.of(1, 2))
  await expect(createDataFile(storage, 'a.parquet', [])).rejects.toMatchObject({
    code: 'SINK_FAILED',
    retryable: true,
    message: expect.stringMatching(/a\.parquet was not written.*run again/),
  })
})
