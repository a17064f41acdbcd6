import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Staged } from '@tickets/core'
import { fileSink } from '@tickets/sinks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canonical, Order, orderBatch, orders } from '../../packages/sinks/test/nested.ts'
import { type PythonReaders, pythonReaders, readersPythonOrSkip } from './python.ts'

const python = await readersPythonOrSkip()
let readers: PythonReaders
let base: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'tickets-nested-'))
  if (python) readers = await pythonReaders(python)
  for (const format of ['parquet', 'arrow'] as const) {
    const writer = await fileSink<Order>(join(base, format), { format }).open({ logId: 'log1', task: 'orders-0', flow: 'all' }, Order)
    await writer.write(orderBatch())
    await writer.publish((await writer.stage(0, 'a1', { from: 0, to: orders.length, empty: false })) as Staged)
    await writer.close()
  }
})
afterAll(async () => {
  readers?.close()
  await rm(base, { recursive: true, force: true })
})

const arrowTypes = {
  at: 'timestamp[ms, tz=UTC]',
  id: 'string',
  user: 'struct<id: int64 not null, name: string, address: struct<city: string not null, kind: string not null, since: date32[day] not null>>',
  products: 'list<element: struct<sku: string not null, price: decimal128(10, 2) not null, flags: list<element: bool> not null> not null>',
  counts: 'map<string, int64>',
  day: 'date32[day]',
  total: 'decimal128(38, 10)',
  any: 'string',
  blob: 'binary',
  note: 'string',
  payment: 'struct<by: string not null, last4: string, paid: timestamp[ms, tz=UTC], iban: string>',
}
const types: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pyarrow: arrowTypes,
  polars: {
    at: "Datetime(time_unit='ms', time_zone='UTC')",
    id: 'String',
    user: "Struct({'id': Int64, 'name': String, 'address': Struct({'city': String, 'kind': String, 'since': Date})})",
    products: "List(Struct({'sku': String, 'price': Decimal(precision=10, scale=2), 'flags': List(Boolean)}))",
    counts: 'Map(String, Int64)',
    day: 'Date',
    total: 'Decimal(precision=38, scale=10)',
    any: 'String',
    blob: 'Binary',
    note: 'String',
    payment: "Struct({'by': String, 'last4': String, 'paid': Datetime(time_unit='ms', time_zone='UTC'), 'iban': String})",
  },
}

/** A map as an object: pyarrow gives it as pairs. */
const mapOf = (map: unknown) => (Array.isArray(map) ? Object.fromEntries(map as [string, unknown][]) : map)

describe.skipIf(!python)('readers that are not ours', () => {
  test.each(['parquet', 'arrow'] as const)('pyarrow and polars read nested columns of %s with types and values', async (format) => {
    for (const reader of ['pyarrow', 'polars'] as const) {
      const { types: found, rows } = await readers.read({ reader, format, path: join(base, format), columns: {}, partitions: [] })
      // Parquet names the pairs of a map after its column.
      const counts = found.counts?.replace(" ('counts')", '')
      expect([reader, { ...found, counts }]).toEqual([reader, types[reader]])
      const sorted = rows.map((row) => ({ ...row, counts: mapOf(row.counts) }) as Record<string, unknown>)
      sorted.sort((a, b) => (String(a.at) < String(b.at) ? -1 : 1))
      expect([reader, sorted]).toEqual([reader, orders.map(canonical)])
    }
  })
})
