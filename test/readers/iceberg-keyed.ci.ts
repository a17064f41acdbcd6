import { count, defineSchema, instant, into, pipeline, type RowOf, sum, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { bucket, day, icebergSink, restCatalog } from '@tickets/sinks'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { labels } from './data.ts'
import { ask, CATALOGS, canRun, IcebergWriter, READERS, uri } from './iceberg-tables.ts'

const Thing = defineSchema(z.object({ id: z.string(), n: z.int(), at: instant(), place: z.string(), gone: z.boolean() }), {
  name: 'thing',
  time: 'at',
})
type Thing = RowOf<typeof Thing>
const columns = { id: 'string', n: 'int64', at: 'timestamp', place: 'string', gone: 'bool' }

/** Row `n` of a stream: of seven keys, in several partitions; each fifth one deletes. */
const thing = (n: number): Thing => ({
  id: `key ${(n * 3) % 7}`,
  n,
  at: `2026-11-2${n % 3}T12:00:00.${String(n % 1000).padStart(3, '0')}Z` as unknown as Date,
  place: labels[(n * 5) % labels.length] as string,
  gone: n % 5 === 4,
})
const things = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => thing(from + i))

/** What a table has after these rows. */
function stateOf(rows: readonly Thing[]): string[] {
  const state = new Map<string, string>()
  for (const { id, n, place, gone } of rows) gone ? state.delete(id) : state.set(id, `${id} ${n} ${place}`)
  return [...state.values()].sort()
}

async function checkRows(table: IcebergWriter<Thing>, rows: readonly Thing[], options: { readonly snapshot?: string } = {}): Promise<void> {
  for (const reader of READERS) {
    const found = (await table.read(reader, options)).rows.map(({ id, n, place }) => `${id} ${n} ${place}`).sort()
    expect([reader, found]).toEqual([reader, stateOf(rows)])
  }
}

const keyed = { key: 'id', deleteWhen: 'gone' } as const

describe.skipIf(!canRun).each(CATALOGS)('6.8 Iceberg tables with keys in a %s catalog by readers that are not ours', (catalog) => {
  test.each([
    ['one folder', {}],
    ['partitions', { partitionBy: ['place', day('at')] as const }],
    ['buckets of the key', { partitionBy: [bucket('id', 4)] as const }],
  ])('each reader sees each key once as of each range: %s', async (_, more) => {
    const table = new IcebergWriter<Thing>(Thing, [things(0, 40)], { catalog, range: 5, options: { ...keyed, ...more } })
    await table.run()
    await table.run()
    const { snapshots } = await table.snapshots()
    expect(snapshots.length).toBeGreaterThanOrEqual(8)
    let seen = 0
    for (const { id, operation, summary } of snapshots) {
      if (Number(summary['added-records'] ?? 0) === 0 && operation === 'append') continue
      seen += 5
      await checkRows(table, things(0, seen), { snapshot: id })
    }
    expect(seen).toBe(40)
    await checkRows(table, things(0, 40))
    const operations = snapshots.map(({ operation }) => operation).filter((_, i) => Number(snapshots[i]?.summary['added-records'] ?? 0) > 0)
    expect(new Set(operations.slice(1))).toEqual(new Set(['overwrite']))
  })
})

describe.skipIf(!canRun)('Iceberg tables with keys and other writers', () => {
  test.each([[undefined], ['place']] as const)('6.8 rows that pyiceberg wrote are replaced, and what it rewrote: by %s', async (identity) => {
    const options = { ...keyed, partitionBy: identity ? [identity] : [] } as const
    const table = new IcebergWriter<Thing>(Thing, [[]], { options, range: 6 })
    const theirs = Array.from({ length: 7 }, (_, i): Thing => ({ ...thing(i), id: `key ${i}`, gone: false }))
    await ask({ do: 'create', uri, name: table.name, location: `file://${table.path}`, rows: theirs, columns, identity })
    table.add(things(10, 16))
    await table.run()
    await checkRows(table, [...theirs, ...things(10, 16)])
    await ask({ do: 'change', uri, name: table.name, how: 'rewrite' })
    await checkRows(table, [...theirs, ...things(10, 16)])
    table.add(things(16, 40))
    await table.run()
    await checkRows(table, [...theirs, ...things(10, 40)])
    await ask({ do: 'append', uri, name: table.name, rows: [{ ...thing(50), id: 'more', gone: false }], columns })
    await checkRows(table, [...theirs, ...things(10, 40), { ...thing(50), id: 'more', gone: false }])
    const { snapshots } = await table.snapshots()
    expect(snapshots.at(-1)?.summary['total-position-deletes']).toBe(snapshots.at(-2)?.summary['total-position-deletes'])
  })

  test('7.2 windows that are emitted at each change have one row each', async () => {
    const table = new IcebergWriter<Thing>(Thing, [[]])
    const rows = things(0, 60).map((row, i) => ({ ...row, at: new Date(Date.UTC(2026, 10, 20, 0, Math.floor(i / 2), i)).toISOString() as never }))
    const run = (upTo: number) =>
      pipeline({
        name: 'windows',
        source: memorySource({ schema: Thing, partitions: [messagesOf(rows.slice(0, upTo))], topic: 'rows', until: 'now', chunk: 6 }),
        log: commitLog(`${table.path}-windows-log`),
        range: { rows: 6, time: 600_000 },
        maxFuture: '400 days',
        flows: (all) => ({
          windows: all.pipe(
            windowed(tumbling({ size: '10 minutes' }), { aggregate: { rows: count(), total: sum('n') }, by: ['gone'], emit: 'updates' }),
            into(icebergSink(table.path, { catalog: restCatalog({ uri }), table: table.name })),
          ),
        }),
      }).run({ handleSignals: false })
    for (const upTo of [15, 33, 47, 60]) await run(upTo)
    const expected = new Map<string, { rows: number; total: number }>()
    for (const { at, gone, n } of rows) {
      const key = `${String(at).slice(0, 15)} ${gone}`
      const { rows: before = 0, total = 0 } = expected.get(key) ?? {}
      expected.set(key, { rows: before + 1, total: total + n })
    }
    for (const reader of READERS) {
      const { rows: found } = await table.read(reader)
      const said = found.map(({ window_start, gone, rows: some, total }) => `${String(window_start).slice(0, 15)} ${gone} ${some} ${total}`)
      expect([reader, said.sort()]).toEqual([reader, [...expected].map(([key, { rows: some, total }]) => `${key} ${some} ${total}`).sort()])
      expect(found.some(({ revision }) => Number(revision) > 0)).toBe(true)
    }
  })
})
