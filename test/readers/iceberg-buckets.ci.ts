import { bytes, date, decimal, defineSchema, instant, type RowOf } from '@tickets/core'
import { bucket, day } from '@tickets/sinks'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { ask, CATALOGS, canRun, IcebergWriter, READERS } from './iceberg-tables.ts'

const Client = defineSchema(
  z.object({
    n: z.int(),
    at: instant(),
    client: z.string(),
    kind: z.enum(['a', 'b', 'ü']),
    id: z.int().nullable(),
    small: z.int32(),
    day: date(),
    price: decimal(9, 2),
    wide: decimal(38, 0),
    blob: bytes(),
    inner: z.object({ name: z.string() }).nullable(),
  }),
  { name: 'client', time: 'at' },
)
type Client = RowOf<typeof Client>

const of = <T>(values: readonly T[], i: number): T => values[i % values.length] as T
const instants = ['0001-01-01T00:00:00.001Z', '1969-12-31T23:59:59.999Z', '2017-11-16T22:31:08.000Z', '2026-11-21T12:00:00.123Z']
/** Rows as messages have them; every value of a column another one, where the column has so many. */
const clients: readonly Client[] = Array.from({ length: 120 }, (_, i) => ({
  n: i,
  at: of(instants, i) as never,
  client: of(['', 'é', '🎫', 'xyz', 'four'], i) + 'x'.repeat(i % 7) + (i >> 2),
  kind: of(['a', 'b', 'ü'] as const, i),
  id: i % 9 === 0 ? null : of([1, -1, 2 ** 53 - 1, -(2 ** 53) + 12, 2 ** 32], i) - (i % 11),
  small: of([0, -1, 2 ** 31 - 1, -(2 ** 31)], i),
  day: of(['1969-12-31', '1970-01-01', '2017-11-16', '9999-12-31'], i),
  price: of(['14.20', '-0.01', '0.00', '-9999999.99', `${i}.27`], i),
  wide: of([String(i - 60), '-129', '127', '128', '-128', '9'.repeat(38), `-${'9'.repeat(38)}`], i),
  blob: Buffer.from(Array.from({ length: i % 6 }, (_, k) => (i * 31 + k * 97) % 256)).toString('base64') as never,
  inner: i % 8 === 0 ? null : { name: `name ${i >> 1}` },
}))

interface Planned {
  readonly files: readonly { readonly partition: readonly (number | null)[]; readonly rows: number; readonly misplaced: number }[]
}

describe.skipIf(!canRun).each(CATALOGS)('buckets of Iceberg tables in a %s catalog', (catalog) => {
  const planned = (table: IcebergWriter<Client>, where?: string) => ask<Planned>({ do: 'planned', ...table.place, ...(where ? { where } : {}) })

  test.each(['client', 'kind', 'id', 'small', 'day', 'price', 'wide', 'at', 'blob', 'inner.name'] as const)(
    'each row is in the bucket of pyiceberg: %s',
    async (column) => {
      const table = new IcebergWriter(Client, [clients], { catalog, options: { partitionBy: [bucket(column, 1000)] } })
      await table.run()
      const { files } = await planned(table)
      expect(files.reduce((sum, { rows }) => sum + rows, 0)).toBe(clients.length)
      expect(files.filter(({ misplaced }) => misplaced > 0)).toEqual([])
      expect(files.length).toBeGreaterThan(2)
    },
  )

  test('a condition on the column reads the files of one bucket, and finds its rows', async () => {
    const table = new IcebergWriter(Client, [clients.slice(0, 70), clients.slice(70)], {
      catalog,
      range: 30,
      options: { partitionBy: [bucket('client', 8), day('at')] },
    })
    await table.run()
    const all = await planned(table)
    expect(new Set(all.files.map(({ partition: [one] }) => one))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]))
    for (const { client } of clients.slice(3, 6)) {
      const where = `client = '${client}'`
      const { files } = await planned(table, where)
      expect([where, new Set(files.map(({ partition: [one] }) => one)).size]).toEqual([where, 1])
      for (const reader of READERS) {
        const { rows } = await table.read(reader, { where })
        const expected = clients.filter((one) => one.client === client).map(({ n }) => String(n))
        expect([reader, rows.map(({ n }) => n).sort()]).toEqual([reader, expected.sort()])
      }
    }
    for (const reader of READERS) expect((await table.read(reader)).rows).toHaveLength(clients.length)
  })
})
