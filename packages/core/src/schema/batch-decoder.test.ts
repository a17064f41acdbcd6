import { expect, test } from 'vitest'
import * as z from 'zod'
import { instant } from '../values/instant.ts'
import { BatchDecoder } from './batch-decoder.ts'
import { defineSchema } from './define.ts'

const Ping = defineSchema(z.object({ at: instant(), n: z.int() }), { name: 'ping', time: 'at' })

test('takes rows and reasons, and begins again without what it had', () => {
  const decoder = new BatchDecoder(Ping as never, false)
  const row = (n: number) => ({ row: { at: new Date(n), n } })
  for (const first of [1, 5]) {
    decoder.begin(3, {})
    expect(decoder.take(row(first), 10, undefined)).toBeNull()
    expect(decoder.take({ reason: 'bad' }, 11, undefined)).toEqual({ reason: 'bad' })
    expect(decoder.take(row(first + 1), 12, undefined)).toBeNull()
    const { batch } = decoder.finish<{ n: number }>()
    expect(batch.toArray().map(({ n }) => n)).toEqual([first, first + 1])
  }
})
