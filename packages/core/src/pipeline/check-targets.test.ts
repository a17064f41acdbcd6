import { expect, it } from 'vitest'
import { Event } from '../../test/lake.ts'
import type { WriterSpec } from '../commit/writers.ts'
import type { Sink } from '../connectors/sink.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { checkNotBehind, checkPlaces, hasRecords } from './check-targets.ts'

const output = (flow: string, sink: Partial<Sink<unknown>>): WriterSpec => ({
  flow,
  schema: Event,
  sink: { target: flow, open: () => Promise.reject(new Error('not opened here')), ...sink },
})

it('1.4 refuses two flows on one place, however it is called', async () => {
  const place = async () => 'device 1, inode 2'
  await expect(checkPlaces([output('a', { place }), output('b', { place })])).rejects.toMatchObject({ code: 'FLOW_TARGET' })
  await expect(checkPlaces([output('a', { target: 'x' }), output('b', { target: 'x' })])).rejects.toThrow('"a" and "b"')
  await checkPlaces([output('a', {}), output('b', {})])
  await checkPlaces([output('a', { target: null }), output('b', { target: null })])
})

it('1.4 takes an inode that passes from one new folder to the next for no alias', async () => {
  const places = (...answers: string[]) => ({ place: async () => (answers.length > 1 ? answers.shift() : answers[0]) as string })
  await checkPlaces([output('a', places('inode 7', 'inode 8')), output('b', places('inode 7'))])
  await checkPlaces([output('a', places('inode 7', 'inode 7', 'inode 8')), output('b', places('inode 7'))])
  await expect(checkPlaces([output('a', places('inode 8', 'inode 7')), output('b', places('inode 8', 'inode 7'))])).rejects.toThrow('"a" and "b"')
})

it('1.4 refuses a log that ends before what its targets hold', async () => {
  const log = memoryLog()
  await log.append('t-0', { n: 0, attempt: 'a', files: {}, body: {} })
  const reaching = (n: number) => [output('a', { reached: async () => ({ 't-0': n }) })]
  await checkNotBehind(log, 'id', reaching(-1), ['t-0'])
  await checkNotBehind(log, 'id', reaching(0), ['t-0'])
  await expect(checkNotBehind(log, 'id', reaching(1), ['t-0'])).rejects.toMatchObject({ code: 'LOG_BEHIND' })
  await checkNotBehind(log, 'id', [output('b', {})], ['t-0'])
})

it('finds whether any of the tasks has a record', async () => {
  const log = memoryLog()
  expect(await hasRecords(log, ['t-0', 't-1'])).toBe(false)
  await log.append('t-1', { n: 0, attempt: 'a', files: {}, body: {} })
  expect(await hasRecords(log, ['t-0', 't-1'])).toBe(true)
  expect(await hasRecords(log, ['t-0'])).toBe(false)
})
