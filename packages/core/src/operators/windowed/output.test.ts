import { expect, test, vi } from 'vitest'
import * as z from 'zod'
import { count } from '../../aggregate/count.ts'
import { sum } from '../../aggregate/sum.ts'
import { Batch, internals } from '../../batch/batch.ts'
import type { Scope } from '../../dataflow/scope.ts'
import { defineSchema } from '../../schema/define.ts'
import { PartitionClock } from '../../time/watermark.ts'
import { instant } from '../../values/instant.ts'
import { tumbling } from '../../window/tumbling.ts'
import { defineWindowed } from './definition.ts'
import { WindowedOutput } from './output.ts'
import type { Result } from './window-rows.ts'

const Row = defineSchema(z.object({ at: instant(), kind: z.enum(['x', 'y']), n: z.int() }), { name: 'row', time: 'at' })
const batchOf = (...numbers: number[]) =>
  new PartitionClock(0).stamp(
    Batch.of(
      Row,
      numbers.map((n) => ({ at: new Date(n), kind: 'x' as const, n })),
    ),
  )
const result = (total: number, end = 10): Result => ({ interval: { start: 0, end }, values: ['x'], results: { total }, revision: 0, final: true })

function make(options: object = {}, scope: Partial<Scope> | null = null) {
  const emitted: Batch<Record<string, unknown>>[] = []
  const definition = defineWindowed(tumbling({ size: 10, grace: 2 }), { by: 'kind', aggregate: { total: sum('n') }, ...options } as never)
  const output = new WindowedOutput(definition, scope as Scope | null, (rows) => void emitted.push(rows))
  return { output, emitted, totals: () => emitted.map((batch) => batch.toArray().map(({ total }) => total)) }
}

test('emits nothing before the first batch, which decides what its rows are', () => {
  const { output, totals } = make()
  output.emit([result(1)])
  expect([output.isStarted, totals()]).toEqual([false, []])
  output.start(batchOf())
  output.emit([result(2), result(3)])
  expect([output.isStarted, totals()]).toEqual([true, [[2, 3]]])
})

test('emits no results as an empty batch where the schema is wanted, and not at all otherwise', () => {
  const { output, emitted } = make()
  output.start(batchOf())
  output.emitSome([])
  expect(emitted).toEqual([])
  output.emit([])
  expect(emitted.map((batch) => [batch.length, batch.schema.name])).toEqual([[0, 'row_tumbling_by_kind']])
})

test('gives what does not fit its column to the flow, and emits the rest', () => {
  const refused = vi.fn()
  const { output, totals } = make({}, { flow: 'f', refused })
  output.start(batchOf())
  output.emit([result(1), result(2 ** 53), result(3)])
  expect(totals()).toEqual([[1, 3]])
  expect(refused.mock.calls).toEqual([[[expect.objectContaining({ key: '{"kind":"x"}' })]]])
})

test('without a pipeline fails with what does not fit', () => {
  const { output, totals } = make()
  output.start(batchOf())
  expect(() => output.emit([result(1), result(2 ** 53)])).toThrow(expect.objectContaining({ code: 'RESULT_REFUSED' }))
  expect(totals()).toEqual([])
})

test('gives late rows to the pipeline and to the observer, whose error stops nothing', () => {
  const [late, next] = [vi.fn(), vi.fn()]
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  next.mockImplementation(() => {
    throw new Error('boom')
  })
  const { output } = make({ id: 'sums', late: { next } }, { flow: 'f', partition: 't-0', late })
  output.start(batchOf())
  output.late(batchOf(5), [])
  expect(late).not.toHaveBeenCalled()
  output.late(batchOf(5), [{ row: 0, watermark: 30, windows: [{ start: 0, end: 10 }] }])
  expect(late.mock.calls.map(([operator, rows]) => [operator, rows.toArray()])).toMatchObject([
    ['sums', [{ flow: 'f', partition: 't-0', position: 0 }]],
  ])
  expect(next).toHaveBeenCalledOnce()
  warn.mockRestore()
})

test('a second windowed counts each window once, as late as the first one may emit it', () => {
  const first = make()
  first.output.start(batchOf())
  expect([first.output.display.shows, first.output.delay]).toEqual(['final', 0])
  first.output.emit([])
  const windows = first.emitted[0] as Batch<Record<string, unknown>>
  const second = make({ by: 'kind', aggregate: { n: count() } })
  second.output.start(windows)
  expect([first.output.display.shows, second.output.delay]).toEqual(['closed', 2])
  expect([second.output.delayed(100), second.output.delayed(Number.POSITIVE_INFINITY)]).toEqual([98, Number.POSITIVE_INFINITY])
  second.output.emit([])
  expect(internals.metadata(second.emitted[0] as Batch<unknown>)?.windowOrigin?.delay).toBe(4)
})

test('a second windowed refuses windows that are emitted at each change, which would count more than once', () => {
  const first = make({ emit: 'updates' })
  first.output.start(batchOf())
  first.output.emit([])
  const second = make({ by: 'kind', aggregate: { n: count() } })
  expect(() => second.output.start(first.emitted[0] as Batch<unknown>)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('more than once') }),
  )
})

test('refuses a key that the rows lack, and fill of a key that is no enum', () => {
  expect(() => make({ by: 'team' }).output.start(batchOf())).toThrow('no column "team"')
  expect(() => make({ by: 'n', fill: 'zero' }).output.start(batchOf())).toThrow('"n" is of kind integer')
})
