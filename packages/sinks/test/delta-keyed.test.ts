import { join } from 'node:path'
import { generator, into, mapRows, pipeline, type Schema, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { type DeltaOptions, deltaSink, optimizeDelta } from '@tickets/sinks'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { byId, commitAll, newTable, numbersIn, type Options, rows, sinkAt } from './delta-keyed-tables.ts'
import { folder } from './helpers.ts'
import { KeyedRow, keyedRow } from './keyed-rows.ts'
import { anyRanges, commitKeyed, KeyedModel, KeyedWindow } from './keyed-tables.ts'

test('6.8 rows delete also where the column that says so is a partition column', async () => {
  const path = await newTable()
  await commitAll(path, [rows(['a', 1], ['b', 2]), rows(['a', 3, true])], { ...byId, partitionBy: ['gone'] })
  expect(await numbersIn(path)).toEqual([2])
})

test('6.8 rows with a revision that is a partition column replace those of a lower one alone', async () => {
  const path = await newTable()
  const at = (id: string, n: number, revision: number) => ({ task: 0, rows: [keyedRow(id, n, { revision })] })
  await commitAll(path, [at('a', 1, 1), at('a', 2, 0), at('a', 3, 2)], { partitionBy: ['revision'] }, KeyedWindow)
  expect(await numbersIn(path)).toEqual([3])
})

test('6.8 null and the empty text of a partition column are one key, as they are one partition', async () => {
  const path = await newTable()
  const both = [keyedRow('a', 1, { place: null, gone: true }), keyedRow('a', 2, { place: '' })]
  const options: Options = { key: ['place', 'id'], partitionBy: ['place'], deleteWhen: 'gone' }
  await commitAll(path, [{ task: 0, rows: both }], options)
  expect(await numbersIn(path)).toEqual([2])
  await commitAll(path, [{ task: 1, rows: [...both].reverse() }], options)
  expect(await numbersIn(path)).toEqual([])
  const files = await newTable()
  await commitAll(files, [{ task: 0, rows: [keyedRow('a', 1, { place: null }), keyedRow('a', 2, { place: '' })] }], { key: ['place', 'id'] })
  expect(await numbersIn(files)).toEqual([1, 2])
})

const layouts: Readonly<Record<string, [options: Options, keyOf: (row: KeyedRow) => string]>> = {
  'in one folder': [{}, ({ id }) => String(id)],
  'in several files, sorted': [{ maxRowsPerFile: 2, sortBy: [{ column: 'n', descending: true }] }, ({ id }) => String(id)],
  'in partitions that rows move between': [{ partitionBy: ['place'] }, ({ id }) => String(id)],
  'in partitions that are part of the key': [{ partitionBy: ['place'], key: ['place', 'id'] }, ({ id, place }) => `${place || null} ${id}`],
  'in partitions of deletes and revisions': [{ partitionBy: ['gone', 'revision'] }, ({ id }) => String(id)],
}
test.each(
  Object.entries(layouts).flatMap(([layout, [options, keyOf]]) =>
    [KeyedRow, KeyedWindow].map((schema) => [layout, schema.name, { options, keyOf, schema }] as const),
  ),
)('6.8 any ranges give the table that a map would be: %s, %s', async (_, __, { options, keyOf, schema }) => {
  await fc.assert(
    fc.asyncProperty(anyRanges, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), async (ranges, optimizes) => {
      const path = await newTable()
      const sink = await sinkAt(path, { ...byId, ...options })
      const model = new KeyedModel(keyOf, schema === KeyedWindow)
      const next = [0, 0]
      for (const [i, one] of ranges.entries()) {
        const n = next[one.task] ?? 0
        next[one.task] = n + 1
        await commitKeyed(sink, schema, one, n)
        if (optimizes[i]) await optimizeDelta(path)
        model.apply(one.rows)
        const expected = [...model.rows.values()].map((row) => row.n).sort((a, b) => a - b)
        expect(n === 0 && i === 0 && expected.length === 0 ? [] : await numbersIn(path)).toEqual(expected)
      }
    }),
    { numRuns: 12 },
  )
})

test('1.3 a log continues with the key and deleteWhen that it began with', async () => {
  const path = await folder()
  const Client = Ticket.extend('client', { gone: z.boolean() })
  const run = (options: DeltaOptions<typeof Client extends Schema<infer T> ? T : never>) =>
    pipeline({
      name: 'keyed',
      source: generator({ tickets: 20, partitions: 1, start: '2026-11-21T00:00:00Z' }),
      log: commitLog(join(path, 'log')),
      flows: (tickets) => ({
        clients: tickets.pipe(
          mapRows(Client, (ticket) => ({ ...ticket, gone: ticket.priority === 'low' })),
          into(deltaSink(join(path, 'table'), options)),
        ),
      }),
    }).run()
  await run({ key: 'client_id', deleteWhen: 'gone' })
  for (const options of [{ key: 'client_id' }, { key: [] }, {}, { key: 'ticket_id', deleteWhen: 'gone' }] as const)
    await expect(run(options)).rejects.toMatchObject({
      code: 'PIPELINE_CHANGED',
      message: expect.stringContaining('key client_id and deleteWhen gone'),
    })
  await run({ key: ['client_id'], deleteWhen: 'gone' })
})
