import { defineSchema, instant, type RowOf, type Schema } from '@tickets/core'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { labels } from './data.ts'
import { ask, canRun, IcebergWriter, READERS, uri } from './iceberg-tables.ts'

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

type Table = IcebergWriter<Thing>
const create = (table: Table, rows: readonly Thing[], options: object = {}) =>
  ask({ do: 'create', uri, name: table.name, location: `file://${table.path}`, rows, columns, ...options })
const append = (table: Table, rows: readonly Thing[], more: object = {}) =>
  ask({ do: 'append', uri, name: table.name, rows, columns: { ...columns, ...more } })
const change = (table: Table, how: string) => ask({ do: 'change', uri, name: table.name, how })
const count = (table: Table) => ask<{ rows: number; distinct: number }>({ do: 'count', ...table.place })

/** Every reader has each of these rows once, and no others. */
async function checkRows(table: Table, to: number, from = 0, options: { readonly snapshot?: string } = {}): Promise<void> {
  const expected = things(from, to).map(({ n, at, place }) => `${n} ${at} ${place}`)
  for (const reader of READERS) {
    const { rows } = await table.read(reader, options)
    const found = [...rows].sort((a, b) => Number(a.n) - Number(b.n)).map(({ n, at, place }) => `${n} ${at} ${place}`)
    expect([reader, found]).toEqual([reader, expected])
  }
}

/** Sends requests as they are, but for the first commit of each range: its answer is lost, after the server made the commit or before. */
function losing(by: 'before' | 'after' | 'status'): typeof fetch {
  const seen = new Set<string>()
  return async (url, init) => {
    const isCommit = init?.method === 'POST' && /\/tables\/\w+$/.test(String(url))
    const range = isCommit ? /"tickets\.[^"]+":"\d+"/.exec(String(init?.body))?.[0] : undefined
    const how = range !== undefined && !seen.has(range) ? by : null
    if (range !== undefined) seen.add(range)
    if (how === 'before') throw new TypeError('the connection was refused')
    const answer = await fetch(url, init)
    if (how === 'after') throw new TypeError('the connection was lost')
    return how === 'status' ? new Response('', { status: 504 }) : answer
  }
}

describe.skipIf(!canRun)('Iceberg tables of a REST catalog with other writers', () => {
  describe.each([[undefined], ['place']] as const)('by %s', (identity) => {
    const options = { partitionBy: identity ? [identity] : [] }

    test('a table of pyiceberg takes our rows and a new column', async () => {
      const table = new IcebergWriter<Thing>(Wider as Schema<Thing>, [things(60, 90)], { options, range: 10 })
      await create(table, things(0, 30), { identity })
      await append(table, things(30, 60))
      await table.run()
      await checkRows(table, 90)
      await append(table, things(90, 100), { note: 'string' })
      table.add(things(100, 130))
      await table.run()
      await checkRows(table, 130)
      expect(Object.keys((await table.read('pyiceberg')).types)).toEqual(['n', 'at', 'place', 'note'])
    })

    test.each(['nothing', 'expire', 'add column', 'rename'])(
      'pyiceberg appends and does this between two ranges of a running pipeline: %s',
      async (how) => {
        const table = new IcebergWriter<Thing>(Thing, [things(0, 10)], { options, range: 10, until: 'never' })
        const stop = new AbortController()
        const running = table.run(options, stop.signal)
        const reaches = (rows: number) => expect.poll(async () => (await count(table)).rows, { timeout: 60_000 }).toBe(rows)
        let end = 10
        for (let round = 0; round < 2; round++) {
          await reaches(end)
          if (how !== 'rename') {
            await append(table, things(end, end + 10))
            end += 10
          }
          if (how === 'expire' || round === 0) await change(table, how)
          table.add(things(end, end + 10))
          end += 10
        }
        await reaches(end)
        stop.abort()
        await running
        if (how === 'rename') expect(Object.keys((await table.read('duckdb')).types)).toEqual(['n', 'at', 'site'])
        else await checkRows(table, end)
        expect(await count(table)).toEqual({ rows: end, distinct: end })
      },
    )

    test('6.7 expired snapshots take nothing with them: a run again adds nothing', async () => {
      const table = new IcebergWriter<Thing>(Thing, [things(0, 20), things(20, 40)], { options, range: 5 })
      await table.run()
      await change(table, 'expire')
      expect((await table.snapshots()).snapshots).toHaveLength(1)
      await table.run()
      await checkRows(table, 40)
      table.add(things(40, 50))
      await table.run()
      await checkRows(table, 50)
      expect(Object.keys((await table.snapshots()).properties).filter((name) => name.startsWith('tickets.'))).toHaveLength(2)
    })

    test('the manifests of many ranges, and of pyiceberg, are merged, and readers find what they found before', async () => {
      const table = new IcebergWriter<Thing>(Thing, [[]], { options, range: 1 })
      await create(table, [], { identity, properties: { 'commit.manifest.min-count-to-merge': '6' } })
      for (let n = 0; n < 100; n += 10) await append(table, things(n, n + 10))
      await change(table, 'delete')
      const filesBelow = async (least: number) => {
        const { rows } = await ask<{ rows: { file_path: string; readable_metrics: { n: { lower_bound: number } } }[] }>({
          do: 'files',
          ...table.place,
        })
        const found = rows.filter(({ readable_metrics: { n } }) => n.lower_bound < least)
        return found.sort((a, b) => a.file_path.localeCompare(b.file_path))
      }
      const before = await filesBelow(100)
      table.add(things(100, 205))
      await table.run()
      await checkRows(table, 205, 10)
      expect(await filesBelow(100)).toEqual(before)
      const place = labels[3] as string
      const expected = things(10, 205).filter((one) => one.place === place)
      for (const reader of READERS) expect((await table.read(reader, { where: `place = '${place}'` })).rows, reader).toHaveLength(expected.length)
      const { rows: manifests } = await ask<{ rows: { existing_data_files_count: number }[] }>({ do: 'manifests', ...table.place })
      // One of each writer is merged, and at most six of ours wait for the next commit.
      expect(manifests.length).toBeLessThanOrEqual(8)
      expect(manifests.filter((one) => one.existing_data_files_count > 4).length).toBe(2)
      await append(table, things(205, 210))
      table.startOver([things(300, 310)])
      await table.run({ ...options, mode: 'overwrite' })
      await checkRows(table, 310, 300)
    })

    test('overwrite replaces the rows of all writers in one snapshot, and older ones can be read', async () => {
      const table = new IcebergWriter<Thing>(Thing, [things(0, 20)], { options, range: 10 })
      await table.run()
      await append(table, things(20, 40))
      const before = (await table.snapshots()).snapshots.at(-1)?.id as string
      table.startOver([things(100, 110), things(110, 130)])
      const overwrite = { ...options, mode: 'overwrite' as const }
      await table.run(overwrite)
      await table.run(overwrite)
      await checkRows(table, 130, 100)
      await checkRows(table, 40, 0, { snapshot: before })
      const { snapshots } = await table.snapshots()
      expect(snapshots.filter(({ operation }) => operation === 'delete').map(({ summary }) => summary['deleted-records'])).toEqual(['40'])
      await append(table, things(130, 140))
      await change(table, 'expire')
      await checkRows(table, 140, 100)
    })
  })

  test('6.7 answers to commits that are lost are no loss, and nothing is there twice', async () => {
    for (const how of ['before', 'after', 'status'] as const) {
      const table = new IcebergWriter<Thing>(Thing, [things(0, 30), things(30, 60)], {
        range: 5,
        fetch: losing(how),
      })
      await table.run()
      await checkRows(table, 60)
    }
  })

  test('6.7 two processes that publish the ranges of one log at once, and two tasks, add each once', async () => {
    const table = new IcebergWriter<Thing>(
      Thing,
      Array.from({ length: 6 }, (_, i) => things(i * 20, (i + 1) * 20)),
      { range: 4 },
    )
    const runs = await Promise.allSettled([table.run(), table.run()])
    expect(runs.some(({ status }) => status === 'fulfilled')).toBe(true)
    await table.run()
    await checkRows(table, 120)
  })

  test('time travel: each range is a snapshot of its own, with all rows before it', async () => {
    const table = new IcebergWriter<Thing>(Thing, [things(0, 30)], { range: 10 })
    await table.run()
    const { snapshots } = await table.snapshots()
    const totals = snapshots.map(({ summary }) => Number(summary['total-records']))
    expect([...new Set(totals)]).toEqual([0, 10, 20, 30])
    for (const [i, { id }] of snapshots.entries()) await checkRows(table, totals[i] as number, 0, { snapshot: id })
  })

  test.each([
    ['format 3', /format version 3/],
    ['drop column', /column of id 3 was dropped/],
    ['drop', /is gone/],
  ])('what others change so that it cannot be followed stops a running pipeline and keeps the range: %s', async (how, message) => {
    const table = new IcebergWriter<Thing>(Thing, [things(0, 10)], { range: 10, until: 'never' })
    const running = table.run().catch((error: unknown) => error)
    await expect.poll(async () => (await count(table)).rows, { timeout: 60_000 }).toBe(10)
    await change(table, how)
    table.add(things(10, 20))
    expect(await running).toMatchObject({ code: 'ICEBERG_CONFLICT', message: expect.stringMatching(message) })
  })

  test('a table that others registered elsewhere is refused, and left as it is', async () => {
    const table = new IcebergWriter<Thing>(Thing, [things(0, 10)])
    await create(table, things(0, 5), { location: `file://${table.path}-elsewhere` })
    await expect(table.run()).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringMatching(/-elsewhere/) })
    expect((await count(table)).rows).toBe(5)
  })
})
