import { expect, test, vi } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { PartitionClock } from '../time/watermark.ts'
import { instant } from '../values/instant.ts'
import { Batch, pick, slice } from './batch.ts'
import { lend, takeLoan } from './lent-memory.ts'

const Row = defineSchema(z.object({ at: instant(), n: z.int() }), { name: 'row', time: 'at' })
const batchOf = (rows: number) =>
  Batch.of(
    Row,
    Array.from({ length: rows }, (_, n) => ({ at: new Date(n), n })),
  )

test('a loan is taken once, also of a batch that was stamped with watermarks', () => {
  const [batch, giveBack] = [batchOf(3), vi.fn()]
  expect(takeLoan(batch)).toBe(null)
  lend(batch, giveBack)
  expect(takeLoan(new PartitionClock(0).stamp(batch))).toBe(giveBack)
  expect(takeLoan(batch)).toBe(null)
  expect(giveBack).not.toHaveBeenCalled()
})

test('a part of the rows does not give back the memory of all', () => {
  const batch = batchOf(3)
  lend(batch, () => {})
  expect([takeLoan(slice(batch, 0, 2)), takeLoan(pick(batch, Int32Array.of(0, 1)))]).toEqual([null, null])
  expect(takeLoan(batch)).not.toBe(null)
})
