import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { bucket, day, yearMonthDay } from '@tickets/sinks'
import { describe, expect, test } from 'vitest'
import { canonical, Order, orders } from '../../packages/sinks/test/nested.ts'
import { columns, labels, Reading, rows } from './data.ts'
import { ask, DeltaWriter, newPath, python, READERS, read, type Said, sorted } from './delta-tables.ts'

/** A row as readers should give it. */
const said = (row: object): Said =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'number' ? String(value) : value instanceof Date ? value.toISOString() : (value ?? null),
    ]),
  )
const complete = (row: Reading) => said(Object.fromEntries(Object.keys(columns).map((name) => [name, row[name as keyof Reading]])))

/** Readers write doubles with other digits, and give the pairs of a map in their own way. */
const same = (row: Said): Said => ({
  ...row,
  ...(row.real !== undefined && { real: String(Number(row.real)) }),
  ...(Array.isArray(row.counts) && { counts: Object.fromEntries(row.counts as [string, unknown][]) }),
})

const nestedTypes = {
  any: 'string',
  at: 'timestamp[us, tz=UTC]',
  blob: 'binary',
  counts: 'map<string, int64>',
  day: 'date32[day]',
  id: 'string',
  note: 'string',
  payment: 'struct<by: string, last4: string, paid: timestamp[us, tz=UTC], iban: string>',
  products: 'list<element: struct<sku: string, price: decimal128(10, 2), flags: list<element: bool>>>',
  total: 'decimal128(38, 10)',
  user: 'struct<id: int64, name: string, address: struct<city: string, kind: string, since: date32[day]>>',
}
const partitionedTypes = {
  at: 'timestamp[us, tz=UTC]',
  atOrNull: 'timestamp[us, tz=UTC]',
  atOrNull_date: 'date32[day]',
  day: 'int32',
  group: 'string',
  kind: 'string',
  label: 'string',
  maybe: 'string',
  month: 'int32',
  number: 'int64',
  open: 'bool',
  real: 'double',
  small: 'int32',
  text: 'string',
  whole: 'int64',
  wholeOrNull: 'int64',
  year: 'int32',
  yes: 'bool',
  yesOrNot: 'bool',
}

describe.skipIf(!python)('Delta tables by readers that are not ours', () => {
  describe.each(READERS)('%s', (reader) => {
    test('reads nested columns of two tasks over several ranges', async () => {
      const json = orders.map((order) => ({ ...order, blob: order.blob && Buffer.from(order.blob).toString('base64') })) as unknown as Order[]
      const table = new DeltaWriter(Order, [json.slice(0, 25), json.slice(25)], { range: 7 })
      await table.run()
      const { types, rows: found } = await read(reader, table.path)
      expect(types).toEqual(nestedTypes)
      expect(sorted(found, 'id').map(same)).toEqual(sorted(orders.map(canonical), 'id'))
    })

    test('reads every kind of column, with texts as they are', async () => {
      const table = new DeltaWriter(Reading, [rows.slice(0, 9), rows.slice(9)], { range: 4 })
      await table.run()
      const { rows: found } = await read(reader, table.path)
      expect(sorted(found, 'label').map(same)).toEqual(sorted(rows.map(complete).map(same), 'label'))
    })

    test('reads partitions with types and values', async () => {
      const partitionBy = ['label', 'group', 'number', 'open', yearMonthDay('at'), day('atOrNull')] as const
      const table = new DeltaWriter(Reading, [rows.slice(0, 9), rows.slice(9)], { range: 5, options: { partitionBy } })
      await table.run()
      const { types, rows: found } = await read(reader, table.path)
      const days = (row: Reading) => ({
        year: row.at.getUTCFullYear(),
        month: row.at.getUTCMonth() + 1,
        day: row.at.getUTCDate(),
        atOrNull_date: row.atOrNull?.toISOString().slice(0, 10) ?? null,
      })
      const expected = rows.map((row) => same({ ...complete(row), ...said(days(row)) }))
      expect(sorted(found, 'label').map(same)).toEqual(sorted(expected, 'label'))
      expect(types).toEqual(partitionedTypes)
    })

    test('reads buckets as a column of integers, and the values beside it', async () => {
      const table = new DeltaWriter(Reading, [rows.slice(0, 9), rows.slice(9)], { range: 5, options: { partitionBy: [bucket('label', 4)] } })
      await table.run()
      const { types, rows: found } = await read(reader, table.path)
      expect(types.label_bucket).toBe('int32')
      expect(
        sorted(
          found.map(({ label_bucket: _, ...row }) => row),
          'label',
        ).map(same),
      ).toEqual(sorted(rows.map(complete).map(same), 'label'))
      const [first] = found
      const { rows: some } = await read(reader, table.path, { where: `label_bucket = ${first?.label_bucket}` })
      const inBucket = found.filter(({ label_bucket: one }) => one === first?.label_bucket)
      expect(sorted(some, 'label')).toEqual(sorted(inBucket, 'label'))
      expect(some.length).toBeLessThan(found.length)
    })

    test('a condition on a partition column reads the files of that partition alone', async () => {
      const table = new DeltaWriter(Reading, [rows], { options: { partitionBy: ['label'] } })
      await table.run()
      const { rows: files } = await ask<{ readonly rows: readonly Said[] }>({ do: 'files', path: table.path })
      for (const label of labels) {
        const copy = newPath()
        await cp(table.path, copy, { recursive: true })
        for (const file of files.filter((one) => one['partition.label'] !== label)) await rm(join(copy, decodeURIComponent(String(file.path))))
        const { rows: found } = await read(reader, copy, { where: `label = '${label.replaceAll("'", "''")}'` })
        expect(found.map((row) => row.label)).toEqual([label])
      }
    })
  })

  test('every reader and our sink know the table of a checkpoint whose commits are gone', async () => {
    const table = new DeltaWriter(Reading, [rows.slice(0, 12), rows.slice(12)], { range: 1, options: { partitionBy: ['label', 'group'] } })
    await table.run()
    const log = join(table.path, '_delta_log')
    const removeUpToCheckpoint = async () => {
      const names = (await readdir(log)).sort()
      const last = names.findLast((name) => name.endsWith('.checkpoint.parquet')) as string
      for (const name of names) if (name.endsWith('.json') && name.slice(0, 20) <= last.slice(0, 20)) await rm(join(log, name))
      return Number(last.slice(0, 20))
    }
    const check = async (expected: readonly Reading[]) => {
      const want = sorted(expected.map(complete).map(same), 'label')
      for (const reader of READERS) expect([reader, sorted((await read(reader, table.path)).rows, 'label').map(same)]).toEqual([reader, want])
    }
    expect(await removeUpToCheckpoint()).toBe(20)
    await check(rows)
    const more = rows.map((row) => ({ ...row, label: `more ${row.label}` }))
    table.add(more, 1)
    await table.run()
    await check([...rows, ...more])
    // The second checkpoint is made from the first.
    expect(await removeUpToCheckpoint()).toBe(40)
    await check([...rows, ...more])
  })
})
