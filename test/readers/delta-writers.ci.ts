import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { defineSchema, instant, type RowOf } from '@tickets/core'
import { optimizeDelta, vacuumDelta } from '@tickets/sinks'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { labels } from './data.ts'
import { ask, change, DeltaWriter, newPath, python, READERS, read } from './delta-tables.ts'
import { lineProcess } from './python.ts'

const Thing = defineSchema(z.object({ n: z.int(), at: instant(), place: z.string() }), { name: 'thing', time: 'at' })
type Thing = RowOf<typeof Thing>
const Wider = defineSchema(z.object({ n: z.int(), at: instant(), place: z.string(), note: z.string().optional() }), { name: 'thing', time: 'at' })

const columns = { n: 'int64', at: 'timestamp', place: 'string' }
const thing = (n: number): Thing => ({
  n,
  at: `2026-11-21T12:00:00.${String(n % 1000).padStart(3, '0')}Z` as unknown as Date,
  place: labels[n % labels.length] as string,
})
const things = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => thing(from + i))

const byOthers = (path: string, rows: readonly Thing[], options: object = {}) => ask({ do: 'write', path, rows, columns, ...options })

/** Every reader has each of these rows once, and no others. */
async function checkRows(path: string, to: number, from = 0, options: { readonly version?: number } = {}): Promise<void> {
  const expected = things(from, to).map(({ n, at, place }) => `${n} ${at} ${place}`)
  for (const reader of READERS) {
    // This release of its extension reads the latest version alone.
    if (reader === 'duckdb' && options.version !== undefined) continue
    const { rows } = await read(reader, path, options)
    const found = [...rows].sort((a, b) => Number(a.n) - Number(b.n)).map(({ n, at, place }) => `${n} ${at} ${place}`)
    expect([reader, found]).toEqual([reader, expected])
  }
}

/** What others may do to a table while a pipeline runs. */
const WORK = ['compact', 'vacuum', 'checkpoint', 'clean up'] as const
const configuration = { 'delta.logRetentionDuration': 'interval 0 days', 'delta.deletedFileRetentionDuration': 'interval 0 days' }

describe.skipIf(!python)('Delta tables with other writers', () => {
  describe.each([[[]], [['place']]] as const)('by %j', (partitions) => {
    const options = { partitionBy: partitions as readonly 'place'[] }
    const partition_by = partitions.length > 0 ? partitions : null

    test('a table of delta-rs takes our rows and a new column', async () => {
      const path = newPath()
      await byOthers(path, things(0, 30), { partition_by, configuration })
      await byOthers(path, things(30, 60))
      await change(path, 'checkpoint')
      const table = new DeltaWriter<Thing>(Wider, [things(60, 90)], { path, options, range: 10 })
      await table.run()
      await checkRows(path, 90)
      await byOthers(path, things(90, 100), { schema_mode: 'merge' })
      table.add(things(100, 130))
      await table.run()
      await checkRows(path, 130)
      expect(Object.keys((await read('delta-rs', path)).types)).toEqual(['n', 'at', 'place', 'note'])
    })

    test.each(WORK)('delta-rs appends and does this between two ranges of a running pipeline: %s', async (how) => {
      const path = newPath()
      await byOthers(path, things(0, 10), { partition_by, configuration })
      const table = new DeltaWriter<Thing>(Thing, [things(10, 20)], { path, options, range: 10, until: 'never' })
      const stop = new AbortController()
      const running = table.run(options, stop.signal)
      const reaches = (rows: number) =>
        expect.poll(async () => (await ask<{ rows: number }>({ do: 'count', path })).rows, { timeout: 60_000 }).toBe(rows)
      let end = 20
      for (let round = 0; round < 3; round++) {
        await reaches(end)
        for (let i = 0; i < 3; i++) {
          await byOthers(path, things(end, end + 10))
          end += 10
        }
        if (how === 'vacuum') await change(path, 'compact')
        if (how === 'clean up') await change(path, 'checkpoint')
        await change(path, how)
        await checkRows(path, end)
        table.add(things(end, end + 10))
        end += 10
      }
      await reaches(end)
      await checkRows(path, end)
      stop.abort()
      await running
      await checkRows(path, end)
    })

    test('what our own optimizeDelta and vacuumDelta did leaves each row once to every reader, and older versions until they are vacuumed', async () => {
      const table = new DeltaWriter<Thing>(Thing, [things(0, 25), things(25, 50)], { options, range: 5 })
      await table.run()
      const version = (await readdir(join(table.path, '_delta_log'))).filter((name) => name.endsWith('.json')).length - 1
      expect((await optimizeDelta(table.path)).written).toBeGreaterThan(0)
      await checkRows(table.path, 50)
      await checkRows(table.path, 50, 0, { version })
      table.add(things(50, 70))
      await table.run()
      await byOthers(table.path, things(70, 80))
      expect((await optimizeDelta(table.path)).left).toBeGreaterThan(0)
      await checkRows(table.path, 80)
      const clock = { now: () => Date.now() + 8 * 24 * 3_600_000, sleep: async () => {} }
      expect((await vacuumDelta(table.path, { clock })).removed.length).toBeGreaterThan(9)
      await checkRows(table.path, 80)
      await change(table.path, 'compact')
      await checkRows(table.path, 80)
    })

    test('delta-rs merges, removes and cleans up what our sink wrote', async () => {
      const table = new DeltaWriter<Thing>(Thing, [things(0, 25), things(25, 50)], { options, range: 5 })
      await table.run()
      for (const how of WORK) {
        await change(table.path, how)
        await checkRows(table.path, 50)
      }
      table.add(things(50, 70))
      await table.run()
      await checkRows(table.path, 70)
      await change(table.path, 'compact')
      await checkRows(table.path, 70)
    })
  })
})

describe.skipIf(!python)('Delta tables that others read meanwhile', () => {
  test.each([[[]], [['place']]] as const)(
    "mode: 'overwrite' by a new log replaces the rows once, and older versions stay readable, by %j",
    async (partitions) => {
      const options = { partitionBy: partitions as readonly 'place'[], mode: 'overwrite' } as const
      const table = new DeltaWriter<Thing>(Thing, [things(0, 20), things(20, 40)], { options, range: 10 })
      await table.run()
      await checkRows(table.path, 40)
      const version = async () => (await readdir(join(table.path, '_delta_log'))).filter((name) => name.endsWith('.json')).length - 1
      const before = await version()
      table.startOver([things(100, 130)])
      await table.run()
      await checkRows(table.path, 130, 100)
      const after = await version()
      table.add(things(130, 150))
      await table.run()
      await checkRows(table.path, 150, 100)
      await checkRows(table.path, 40, 0, { version: before })
      // One commit removes all rows, and the ranges of the new log come after it.
      await checkRows(table.path, 0, 0, { version: before + 1 })
      await checkRows(table.path, 130, 100, { version: after })
    },
  )

  const write = (path: string, configuration: object) => byOthers(path, things(0, 5), { configuration })
  test.each<[string, (path: string) => Promise<unknown>]>([
    ['checkConstraints', (path) => write(path, {}).then(() => change(path, 'constraint'))],
    ['deletionVectors', (path) => write(path, { 'delta.enableDeletionVectors': 'true' })],
    ['columnMapping', (path) => write(path, { 'delta.columnMapping.mode': 'name' })],
    ['changeDataFeed', (path) => write(path, { 'delta.enableChangeDataFeed': 'true' })],
  ])('refuses a table of delta-rs with %s, by its name, and leaves it as it is', async (feature, make) => {
    const path = newPath()
    await make(path)
    const before = await readdir(path, { recursive: true })
    const refused = await new DeltaWriter<Thing>(Thing, [things(5, 10)], { path }).run().catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringContaining(feature) })
    expect((await readdir(path, { recursive: true })).sort()).toEqual(before.sort())
  })

  test.each(['delta-rs', 'duckdb'] as const)('%s in a loop beside the pipeline sees each row once, and never fewer than before', async (reader) => {
    const ROWS = 400
    const table = new DeltaWriter<Thing>(Thing, [things(0, ROWS / 2), things(ROWS / 2, ROWS)], { range: 5, options: { partitionBy: ['place'] } })
    const other = lineProcess(python as string, 'delta.py')
    try {
      const state = { done: false }
      const running = table.run().finally(() => {
        state.done = true
      })
      const counts: number[] = []
      while (!state.done) {
        // Until the first commit there is no table.
        if (!(await readdir(join(table.path, '_delta_log')).catch(() => [])).some((name) => name.endsWith('.json'))) continue
        const { rows, distinct } = await ask<{ rows: number; distinct: number }>({ do: 'count', path: table.path, reader }, other)
        expect(distinct).toBe(rows)
        counts.push(rows)
      }
      await running
      counts.push((await ask<{ rows: number }>({ do: 'count', path: table.path, reader }, other)).rows)
      expect(counts).toEqual([...counts].sort((a, b) => a - b))
      expect(counts.at(-1)).toBe(ROWS)
      expect(new Set(counts).size).toBeGreaterThan(5)
    } finally {
      other.close()
    }
  })
})
