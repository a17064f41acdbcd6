import { expect, it } from 'vitest'
import { memoryLog } from './memory-log.ts'

const pipeline = { name: 'p', logId: 'x', topics: [], partitions: [], fingerprint: null, remove: {} }
const record = (n: number, attempt: string) => ({ n, attempt, files: {}, body: null })

it('keeps the first pipeline record', async () => {
  const log = memoryLog()
  expect(await log.pipeline()).toBeNull()
  await log.begin(pipeline)
  expect(await log.begin({ ...pipeline, logId: 'y' })).toMatchObject({ logId: 'x' })
})

it('shows copies of its records, which nobody can change', async () => {
  const log = memoryLog()
  expect(await log.append('t-0', record(0, 'a'))).toBe('appended')
  Object.assign(log.records.get('t-0')?.get(0) as object, { attempt: 'changed' })
  expect(await log.head('t-0')).toMatchObject({ n: 0, attempt: 'a' })
  expect(await log.append('t-0', record(0, 'b'))).toBe('exists')
})

it('prunes below a number, and never the newest record', async () => {
  const log = memoryLog()
  for (let n = 0; n < 3; n++) await log.append('t-0', record(n, 'a'))
  await log.prune('t-0', 9)
  expect([...(log.records.get('t-0')?.keys() ?? [])]).toEqual([2])
  const read = async () => {
    for await (const _ of log.read('t-0', -1));
  }
  await expect(read()).rejects.toMatchObject({ code: 'LOG_GAP' })
})

it('keeps a copy of a state, and sweeps what no record can name', async () => {
  const log = memoryLog()
  const bytes = new Uint8Array([1])
  for (const name of ['1-a.json', '2-a.json', '2-b.json']) await log.putState('t-0', name, bytes)
  bytes[0] = 9
  await log.sweepState('t-0', { n: 2, attempt: 'b' }, ['1-a.json'])
  expect(await log.getState('t-0', '1-a.json')).toEqual(new Uint8Array([1]))
  expect(await log.getState('t-0', '2-b.json')).toEqual(new Uint8Array([1]))
  await expect(log.getState('t-0', '2-a.json')).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
})
