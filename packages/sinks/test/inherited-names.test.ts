import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Batch, count, defineSchema, instant, into, last, pipeline, type Schema, type Sink, tumbling, windowed } from '@tickets/core'
import { fromRecordBatch, readIpc, schemaOfFields } from '@tickets/core/arrow'
import { commitLog } from '@tickets/core/node'
import { memorySource } from '@tickets/core/testing'
import { type FileFormat, fileSink } from '@tickets/sinks'
import { mysqlSink } from '@tickets/sinks/mysql'
import { from, lastValueFrom } from 'rxjs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { duck, folder, published } from './helpers.ts'
import { newTable, ownDatabase } from './mysql-helpers.ts'

// Names that every object inherits, as columns, keys of windows, aggregates and flows.
const Odd = defineSchema(
  z.object({
    at: instant(),
    constructor: z.string(),
    toString: z.int().optional(),
    ['__proto__']: z.string(),
    hasOwnProperty: z.string().nullable(),
  }),
  { name: 'odd', time: 'at' },
)
type Odd = typeof Odd extends Schema<infer T> ? T : never

const encoder = new TextEncoder()
const second = (i: number) => new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString()
const message = (i: number) => {
  const optional = i % 3 === 0 ? '' : `"toString":${i},`
  return `{"at":"${second(i)}","constructor":"c${i % 2}",${optional}"__proto__":"p${i % 2}","hasOwnProperty":${i % 4 === 0 ? 'null' : '"h"'}}`
}
const data = Array.from({ length: 20 }, (_, i) => ({ offset: i, value: encoder.encode(message(i)) }))
const expected = Array.from({ length: 20 }, (_, i) => [`c${i % 2}`, i % 3 === 0 ? null : i, `p${i % 2}`, i % 4 === 0 ? null : 'h'])

const run = (home: string, rows: typeof data, sinks: Readonly<Record<string, Sink<never>>>) =>
  pipeline({
    name: 'odd',
    source: memorySource({ schema: Odd, partitions: [rows], until: 'now' }),
    log: commitLog(join(home, 'log')),
    range: { rows: 6 },
    flows: (odd) => ({
      ...Object.fromEntries(['constructor', 'toString', '__proto__'].map((flow) => [flow, odd.pipe(into(sinks[flow] as unknown as Sink<Odd>))])),
      hasOwnProperty: odd.pipe(
        windowed(tumbling({ size: '10 seconds' }), {
          by: ['constructor', '__proto__'],
          aggregate: { toString: count(), valueOf: last('hasOwnProperty') },
        }),
        into(sinks.hasOwnProperty as never),
      ),
    }),
  }).run({ handleSignals: false })

const columns = { constructor: 'VARCHAR', toString: 'BIGINT', ['__proto__']: 'VARCHAR', hasOwnProperty: 'VARCHAR' }
const declared = Object.entries({ at: 'TIMESTAMPTZ', ...columns })
  .map(([name, type]) => `"${name}": '${type}'`)
  .join(', ')
const read = {
  parquet: (path: string) => `read_parquet('${path}/**/*.parquet')`,
  json: (path: string) => `read_json('${path}/**/*.jsonl', columns = {${declared}})`,
  csv: (path: string) => `read_csv('${path}/**/*.csv', header = true, allow_quoted_nulls = false, columns = {${declared}})`,
}
const select = `"constructor" AS a, "toString"::INT AS b, "__proto__" AS c, "hasOwnProperty" AS d`
const listed = (rows: readonly Record<string, unknown>[]) => rows.map(({ a, b, c, d }) => [a, b, c, d])

async function arrowRows(path: string) {
  const rows: unknown[][] = []
  for (const name of await published(path)) {
    const { fields, batches } = readIpc(await readFile(join(path, name)))
    const schema = schemaOfFields(fields, { name: 'read' })
    for (const batch of batches)
      for (const row of fromRecordBatch(schema, batch)) {
        const values = new Map(Object.entries(row))
        rows.push(Object.keys(columns).map((column) => values.get(column) ?? null))
      }
  }
  return rows
}

test.each(['parquet', 'json', 'csv', 'arrow'] as const)('columns and flows with inherited names go through %s, over a restart', async (format) => {
  const home = await folder()
  const at = (flow: string) => join(home, `to-${flow}`)
  const make = () =>
    Object.fromEntries(
      ['constructor', 'toString', '__proto__', 'hasOwnProperty'].map((flow) => [flow, fileSink(at(flow), { format: format as FileFormat })]),
    )
  const first = await run(home, data.slice(0, 11), make() as never)
  const second = await run(home, data, make() as never)
  expect([first, second].map(({ rows }) => rows)).toEqual([11, 9])
  expect(Object.entries(first.written).sort()).toEqual([
    ['__proto__', 11],
    ['constructor', 11],
    ['hasOwnProperty', 3],
    ['toString', 11],
  ])
  for (const flow of ['constructor', 'toString', '__proto__']) {
    const found = format === 'arrow' ? await arrowRows(at(flow)) : listed(await duck(`SELECT ${select} FROM ${read[format](at(flow))} ORDER BY "at"`))
    expect(found, flow).toEqual(expected)
  }
  if (format !== 'parquet') return
  const windows = await duck(
    `SELECT "constructor" AS a, "__proto__" AS b, max("toString")::INT AS rows, max("valueOf") AS last FROM ${read.parquet(at('hasOwnProperty'))} GROUP BY window_start, a, b ORDER BY window_start, a`,
  )
  expect(windows.map(({ a, b, rows }) => [a, b, rows])).toEqual([
    ['c0', 'p0', 5],
    ['c1', 'p1', 5],
    ['c0', 'p0', 5],
    ['c1', 'p1', 5],
  ])
})

test.each(['revision', 'window_start', 'is_final'])('a window by a column that is called %s is refused, with what to do', async (name) => {
  const Row = defineSchema(z.object({ at: instant(), [name]: z.string() }), { name: 'row', time: 'at' as never })
  const windows = windowed<object, never>(tumbling({ size: '1 second' }), { by: name as never, aggregate: {} })
  const refused = lastValueFrom(from([Batch.of(Row, [])]).pipe(windows))
  await expect(refused).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringMatching(`"${name}".*mapRows`) })
})

const database = await ownDatabase('inherited names in MySQL')
describe.skipIf(!database)('MySQL', () => {
  test('has columns with inherited names, keys among them', async () => {
    const home = await folder()
    const tables = { constructor: newTable('a'), toString: newTable('b'), ['__proto__']: newTable('c'), hasOwnProperty: newTable('d') }
    const url = database?.url ?? ''
    const sinks = Object.fromEntries(Object.entries(tables).map(([flow, table]) => [flow, mysqlSink<never>({ url, table })]))
    await run(home, data.slice(0, 11), sinks)
    const keyed = { ...sinks, hasOwnProperty: mysqlSink<never>({ url, table: tables.hasOwnProperty }) }
    await run(home, data, keyed)
    for (const table of [tables.constructor, tables.toString]) {
      const rows = await database?.query(
        `SELECT \`constructor\` AS a, \`toString\` AS b, \`__proto__\` AS c, \`hasOwnProperty\` AS d FROM \`${table}\` ORDER BY at`,
      )
      expect(listed(rows ?? []).map(([a, b, c, d]) => [a, b === null ? null : Number(b), c, d])).toEqual(expected)
    }
  })
})
