import type { DeadLetter } from '@tickets/core'
import { compact, jsonSink, readDeadLetters } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { deadDataset } from '../../test/dead-letters.ts'
import { commit, folder, plain } from '../../test/helpers.ts'

const all = async (dir: string) => {
  const letters: DeadLetter[] = []
  for await (const letter of readDeadLetters(dir)) letters.push(letter)
  return letters
}
const ids = async (dir: string) => (await all(dir)).map(({ partition, position }) => `${partition}@${position}`).sort()
const expected = ['memory-0@1', 'memory-0@2', 'memory-0@4', 'memory-0@5', 'memory-0@7', 'memory-0@8', 'memory-1@0', 'memory-1@1', 'memory-1@5']

test.each(['jsonl', 'parquet'] as const)('dead letters are read from %s files, each once, with their bytes and times', async (format) => {
  const dir = await deadDataset(format)
  expect(await ids(dir)).toEqual(expected)
  const letters = await all(dir)
  const first = letters.find(({ partition, position }) => partition === 'memory-0' && position === 1)
  expect(first).toMatchObject({
    topic: 'memory',
    key: 'k1',
    encoding: 'utf8',
    timestamp: new Date(Date.UTC(2026, 0, 1) + 1),
    reason: expect.stringContaining('priority'),
  })
  expect(JSON.parse(first?.value ?? '')).toMatchObject({ request: 'request 1' })
  expect(letters.find(({ encoding }) => encoding === 'base64')).toMatchObject({ partition: 'memory-1', value: '//4=', key: null })
  await compact(dir)
  expect(await ids(dir)).toEqual(expected)
})

test('CSV files and other rows are refused, with what to give', async () => {
  await expect(all(await deadDataset('csv'))).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('.csv') })
  const other = await folder()
  await commit(jsonSink(other), [plain], 0)
  await expect(all(other)).rejects.toMatchObject({
    code: 'SCHEMA_MISMATCH',
    message: expect.stringContaining('that deadLetters of the pipeline writes to'),
  })
  await expect(all(`${other}/none`)).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' })
})
