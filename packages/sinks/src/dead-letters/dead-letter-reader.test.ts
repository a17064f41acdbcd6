import { cp, rm } from 'node:fs/promises'
import { Ticket } from '@tickets/core'
import { compact, deadLetterSource } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { deadDataset, partitions } from '../../test/dead-letters.ts'
import { below } from './dead-letter-reader.ts'

const limit = (rows: number) => ({ rows, bytes: 1 << 20, ms: 10, signal: new AbortController().signal })

test('the number of letters below a position', () => {
  const places = [1, 4, 9].map((position) => ({ position, part: {} as never, row: 0 }))
  expect([0, 1, 2, 4, 5, 9, 10].map((position) => below(places, position))).toEqual([0, 0, 1, 1, 2, 2, 3])
})

test('a compaction while it reads changes nothing', async () => {
  const dir = await deadDataset()
  const source = deadLetterSource(dir, { schema: Ticket })
  const reader = await source.open('memory-0', 0, { to: 9, maxFuture: 1 })
  const seen: number[] = []
  for (;;) {
    const chunk = await reader.read(limit(1))
    if (chunk === 'end') break
    seen.push(...chunk.rejected.map(({ offset }) => offset))
    if (seen.length === 2) expect(await compact(dir)).toMatchObject({ written: expect.any(Number) })
  }
  expect(seen).toEqual([1, 2, 4, 5, 7, 8])
  await reader.close()
})

test('letters that appear below what it has read, where its files are gone too, are refused and not skipped', async () => {
  const all = partitions()[0] ?? []
  const dir = await deadDataset('jsonl', [all.filter(({ offset }) => offset !== 2)])
  const reader = await deadLetterSource(dir, { schema: Ticket }).open('memory-0', 0, { to: 9, maxFuture: 1 })
  expect(await reader.read(limit(2))).toMatchObject({ position: 5, memory: { letters: 2 } })
  // As a backfill and a compaction of all files would leave it.
  await rm(dir, { recursive: true })
  await cp(await deadDataset('jsonl', [all]), dir, { recursive: true })
  const rest = async () => {
    for (;;) if ((await reader.read(limit(1))) === 'end') return
  }
  await expect(rest()).rejects.toMatchObject({
    code: 'SOURCE_CHANGED',
    message: expect.stringMatching(/ has \d dead letters of memory-0 below \d, and \d of them/),
  })
  await reader.close()
})
