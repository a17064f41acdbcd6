import { createHmac } from 'node:crypto'
import { type Observable, of } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch, type RowOf } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { redact } from '../redact.ts'

const key = 'a key of more than sixteen bytes'
const hashOf = (value: string) => createHmac('sha256', key).update(value).digest('hex')

function rowsOf<R>(flow: Observable<Batch<R>>): R[] {
  const rows: R[] = []
  flow.subscribe((some) => rows.push(...some))
  return rows
}

test('a member of some variants of a union is redacted there, and rows of the others stay', () => {
  const Paid = defineSchema(
    z.object({
      at: instant(),
      payment: z.discriminatedUnion('by', [
        z.object({ by: z.literal('card'), number: z.string(), name: z.string().nullable() }),
        z.object({ by: z.literal('cash'), name: z.string().optional() }),
      ]),
    }),
    { name: 'paid', time: 'at' },
  )
  const rows: RowOf<typeof Paid>[] = [
    { at: new Date(0), payment: { by: 'card', number: '4242', name: null } },
    { at: new Date(1), payment: { by: 'cash', name: 'Ann' } },
    { at: new Date(2), payment: { by: 'cash' } },
  ]
  const paid = () => of(Batch.of(Paid, rows))
  const paymentsOf = (flow: Observable<Batch<{ payment: unknown }>>) => rowsOf(flow).map(({ payment }) => payment)
  expect(paymentsOf(paid().pipe(redact({ fields: ['payment.number'], how: 'drop' })))).toEqual([
    { by: 'card', name: null },
    { by: 'cash', name: 'Ann' },
    { by: 'cash' },
  ])
  expect(paymentsOf(paid().pipe(redact({ fields: ['payment.name', 'payment.number'], how: 'hash', key })))).toEqual([
    { by: 'card', number: hashOf('4242'), name: null },
    { by: 'cash', name: hashOf('Ann') },
    { by: 'cash' },
  ])
  const errors: unknown[] = []
  paid()
    .pipe(redact({ fields: ['payment.by'], how: 'drop' }))
    .subscribe({ error: (error) => errors.push(error) })
  expect(errors).toMatchObject([{ code: 'OPTION_INVALID', message: expect.stringContaining('variants of a union') }])
})
