import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import type { RowOf } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { mapAsync } from './map-async.ts'
import { mapRows } from './map-rows.ts'

const Out = defineSchema(z.object({ at: instant(), kind: z.enum(['a', 'b']) }), { name: 'out', time: 'at' })
type In = { at: Date }

test('rows are checked against the schema alone', () => {
  mapRows(Out, ({ at }: In) => ({ at, kind: 'a' }))
  mapAsync(Out, async ({ at }: In) => ({ at, kind: 'a' }))
  // @ts-expect-error a column is missing
  mapRows(Out, ({ at }: In) => ({ at }))
  // @ts-expect-error not a member of the enum
  mapRows(Out, ({ at }: In) => ({ at, kind: 'zzz' }))
  // @ts-expect-error a column is missing
  mapAsync(Out, async ({ at }: In) => ({ at }))
  expectTypeOf<RowOf<typeof Out>>().toEqualTypeOf<{ at: Date; kind: 'a' | 'b' }>()
})
