import { defineSchema, instant, into, pipeline, type RowOf, sum, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { type DeltaOptions, deltaSink, optimizeDelta } from '@tickets/sinks'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { ask, change, DeltaWriter, newPath, python, READERS, read } from './delta-tables.ts'

const Person = defineSchema(z.object({ id: z.string(), n: z.int(), at: instant(), place: z.string(), gone: z.boolean() }), {
  name: 'person',
  time: 'at',
})
type Person = RowOf<typeof Person>
const columns = { id: 'string', n: 'int64', at: 'timestamp', place: 'string', gone: 'bool' }
const at = (n: number) => `2026-11-21T12:00:00.${String(n).padStart(3, '0')}Z` as unknown as Date
/** A row of a person, said as `a1` or, to delete one, `-a1`. */
const people = (...said: string[]): Person[] =>
  said.map((text) => {
    const [, gone, id = '', n] = /^(-?)([a-z]+)(\d+)$/.exec(text) ?? []
    return { id, n: Number(n), at: at(Number(n)), place: id < 'c' ? 'here' : 'there', gone: gone === '-' }
  })
const options: DeltaOptions<Person> = { key: 'id', deleteWhen: 'gone' }

/** Every reader sees each of these rows once, and no others. */
async function check(path: string, expected: readonly string[], version?: number): Promise<void> {
  for (const reader of READERS) {
    // This release of its extension reads the latest version alone.
    if (reader === 'duckdb' && version !== undefined) continue
    const { rows } = await read(reader, path, version === undefined ? {} : { version })
    expect([reader, rows.map(({ id, n, at: when }) => `${id}${n} ${when}`).sort()]).toEqual([
      reader,
      expected.map((one) => `${one} ${new Date(at(Number(one.slice(1)))).toISOString()}`).sort(),
    ])
  }
}

describe.skipIf(!python)('Delta tables with a key', () => {
  test.each<[string, DeltaOptions<Person>]>([
    ['in one folder', {}],
    ['by place', { partitionBy: ['place'] }],
  ])(
    'every reader sees each key once after each range, also after OPTIMIZE of ours and of delta-rs, and the older versions as they were: %s',
    async (_, more) => {
      const table = new DeltaWriter<Person>(Person, [people('a1', 'b2', 'c3')], { options: { ...options, ...more } })
      await table.run()
      await check(table.path, ['a1', 'b2', 'c3'])
      table.add(people('b4', 'd5', 'd6', '-a7'))
      await table.run()
      await check(table.path, ['b4', 'c3', 'd6'])
      await change(table.path, 'compact')
      table.add(people('c8', 'e9'))
      await table.run()
      await check(table.path, ['b4', 'c8', 'd6', 'e9'])
      await optimizeDelta(table.path)
      table.add(people('-b10', 'e11'))
      await table.run()
      await check(table.path, ['c8', 'd6', 'e11'])
      await change(table.path, 'checkpoint')
      await check(table.path, ['a1', 'b2', 'c3'], 1)
      await check(table.path, ['b4', 'c3', 'd6'], 2)
    },
  )

  test.each(['as delta-rs writes it', 'with instants in INT96'])('rows of a table that others wrote are replaced by key: %s', async (how) => {
    const path = newPath()
    await ask({ do: 'write', path, rows: people('a1', 'b2', 'c3', 'd4'), columns })
    if (how.includes('INT96')) await ask({ do: 'int96', path })
    const table = new DeltaWriter<Person>(Person, [[...people('b5'), { ...people('c3')[0], n: 6 } as Person]], {
      path,
      options: { key: ['at', 'id'] },
    })
    await table.run()
    const found = async () => (await read('delta-rs', path)).rows.map(({ id, n }) => `${id}${n}`).sort()
    expect(await found()).toEqual(['a1', 'b2', 'b5', 'c6', 'd4'])
    for (const reader of READERS) {
      // polars compares no instants of SQL with those of a zone.
      const where = reader === 'polars' ? 'n IN (4, 5)' : `"at" >= TIMESTAMP '2026-11-21T12:00:00.004Z'`
      const { rows } = await read(reader, path, { where })
      expect([reader, rows.map(({ id }) => id).sort()]).toEqual([reader, ['b', 'd']])
    }
  })

  test('windows that are emitted at each change have one row of each window and key', async () => {
    const path = newPath()
    const seconds = (...all: number[]) =>
      all.map((n) => ({ id: n % 2 ? 'odd' : 'even', n, at: new Date(Date.UTC(2026, 10, 21, 12, 0, n)), place: 'here', gone: false }))
    const run = (messages: readonly Person[]) =>
      pipeline({
        name: 'updates',
        source: memorySource({ schema: Person, partitions: [messagesOf(messages)], topic: 'rows', until: 'now', chunk: 3 }),
        log: commitLog(`${path}-log`),
        range: { rows: 3, time: 600_000 },
        maxFuture: '400 days',
        flows: (rows) => ({
          sums: rows.pipe(
            windowed(tumbling({ size: '10 seconds' }), { by: ['id'], aggregate: { total: sum('n') }, emit: 'updates' }),
            into(deltaSink(path)),
          ),
        }),
      }).run({ handleSignals: false })
    const all = seconds(...Array.from({ length: 30 }, (_, n) => n))
    await run(all)
    for (const reader of READERS) {
      const { rows } = await read(reader, path)
      const keys = rows.map(({ window_start, id }) => `${window_start} ${id}`)
      expect([reader, rows.length, new Set(keys).size]).toEqual([reader, 6, 6])
      expect([reader, rows.map(({ total }) => Number(total)).reduce((a, b) => a + b)]).toEqual([reader, (29 * 30) / 2])
    }
  })
})
