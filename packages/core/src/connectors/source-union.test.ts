import { expect, it } from 'vitest'
import { Event, messages } from '../../test/lake.ts'
import { memorySource } from '../testing/memory-source.ts'
import { sources } from './source-union.ts'

const source = (topic: string, until: 'never' | 'now' | 'complete' = 'complete') => ({
  ...memorySource({ schema: Event, partitions: [messages([1])] }),
  name: topic,
  until,
})

it('takes at least one source, of one schema', () => {
  expect(() => sources()).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  const other = { ...source('b'), schema: { ...Event, name: 'other' } }
  expect(() => sources(source('a'), other)).toThrow('of one schema')
})

it('ends when the last of its parts does', () => {
  expect(sources(source('a'), source('b')).until).toBe('complete')
  expect(sources(source('a'), source('b', 'now')).until).toBe('now')
  expect(sources(source('a', 'never'), source('b', 'now')).until).toBe('never')
})

it('refuses two parts with a partition of one name', async () => {
  await expect(sources(source('a'), source('b')).describe()).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})

it('opens a partition at the part that has it, and refuses one that none has', async () => {
  const union = sources(source('a'))
  const { partitions } = await union.describe()
  const reader = await union.open(partitions[0]?.id ?? '', partitions[0]?.start ?? 0, { maxFuture: Number.POSITIVE_INFINITY })
  await reader.close()
  expect(() => union.open('nowhere-0', 0, { maxFuture: 0 })).toThrow(expect.objectContaining({ code: 'SOURCE_MISSING' }))
})
