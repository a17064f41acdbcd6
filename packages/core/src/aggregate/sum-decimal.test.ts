import fc from 'fast-check'
import { from, lastValueFrom, toArray } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { windowed } from '../operators/windowed.ts'
import { defineSchema } from '../schema/define.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from '../window/tumbling.ts'
import { sum } from './sum.ts'
import { sumDecimal } from './sum-decimal.ts'

const Paid = defineSchema(z.object({ at: instant(), amount: decimal(30, 2).nullable(), n: z.int() }), { name: 'paid', time: 'at' })
const batchOf = (amounts: readonly (string | null)[]) =>
  Batch.of(
    Paid,
    amounts.map((amount, n) => ({ at: new Date(0), amount, n })),
  )
const totals = async (...batches: ReturnType<typeof batchOf>[]) => {
  const windows = from(batches).pipe(windowed(tumbling({ size: '1 hour' }), { aggregate: { paid: sumDecimal('amount') } }), toArray())
  return (await lastValueFrom(windows)).flatMap((batch) => batch.toArray().map(({ paid }) => paid))
}

test('the sum is exact, whatever the order and the batches', async () => {
  const amount = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map((cents) => {
    const digits = String(cents < 0n ? -cents : cents).padStart(3, '0')
    return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
  })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(amount), { minLength: 1, maxLength: 20 }), fc.nat(20), async (amounts, cut) => {
      const cents = amounts.reduce((all, text) => all + BigInt((text ?? '0.00').replace('.', '')), 0n)
      const found = await totals(batchOf(amounts.slice(0, cut)), batchOf(amounts.slice(cut)))
      expect(found.map((text) => BigInt(text.replace('.', '')))).toEqual([cents])
      expect(found[0]).toMatch(/^-?\d+\.\d\d$/)
      expect(await totals(batchOf(amounts.toReversed()))).toEqual(found)
    }),
    { numRuns: 50 },
  )
})

test('the sum of no values is 0 with the places of the column', async () => {
  expect(await totals(batchOf([null]))).toEqual(['0.00'])
})

test('what is summed so far is kept and merged', () => {
  const agg = sumDecimal('amount')
  const at = { time: 0, position: 0 }
  const one = agg.add(agg.init(), { amount: '99999999999999999999.99' } as never, at)
  const kept = agg.fromJson?.(JSON.parse(JSON.stringify(agg.toJson?.(one))))
  expect(agg.result(agg.merge(kept, agg.add(agg.init(), { amount: '-0.01' } as never, at)))).toBe('99999999999999999999.98')
})

test('a sum of more than 38 digits is refused', async () => {
  const Wide = defineSchema(z.object({ at: instant(), amount: decimal(38, 0) }), { name: 'wide', time: 'at' })
  const rows = Batch.of(
    Wide,
    [1, 2].map(() => ({ at: new Date(0), amount: '9'.repeat(38) })),
  )
  const windows = from([rows]).pipe(windowed(tumbling({ size: '1 hour' }), { aggregate: { paid: sumDecimal('amount') } }))
  await expect(lastValueFrom(windows)).rejects.toMatchObject({ code: 'RESULT_REFUSED' })
})

test('a column of another kind is refused, as one of decimals is by sum', async () => {
  const wrong = from([batchOf(['1'])]).pipe(windowed(tumbling({ size: '1 hour' }), { aggregate: { paid: sumDecimal('n' as 'amount') } }))
  await expect(lastValueFrom(wrong)).rejects.toThrow('sumDecimal("n") takes a column of decimals, "n" is of kind integer: use sum()')
  const plain = from([batchOf(['1'])]).pipe(windowed(tumbling({ size: '1 hour' }), { aggregate: { paid: sum('amount' as 'n') } }))
  await expect(lastValueFrom(plain)).rejects.toThrow('sum("amount") takes a column of numbers, "amount" is of kind decimal: use sumDecimal()')
})

test('a member of a list is refused with what to do first', async () => {
  const Order = defineSchema(z.object({ at: instant(), total: decimal(10, 2), lines: z.array(z.object({ price: decimal(10, 2) })) }), {
    name: 'order',
    time: 'at',
  })
  const orders = from([Batch.of(Order, [{ at: new Date(0), total: '1.00', lines: [{ price: '1.00' }] }])])
  const wrong = orders.pipe(windowed(tumbling({ size: '1 hour' }), { aggregate: { paid: sumDecimal('lines.price' as 'total') } }))
  await expect(lastValueFrom(wrong)).rejects.toThrow(
    `sumDecimal("lines.price"): order has no such column: lines is a list, so explode('lines') first`,
  )
})
