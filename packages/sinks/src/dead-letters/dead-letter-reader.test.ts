import { Ticket } from '@tickets/core'
import { compact, deadLetterSource } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { deadDataset } from '../../test/dead-letters.ts'
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
