import { expect, test } from 'vitest'
import { inspectionTable } from './tables.ts'

test('a table shows rows, files, sizes and times, and cuts long lists', () => {
  const inspection = {
    dir: 'data/tickets',
    version: null,
    format: 'parquet',
    schemas: [{ name: 'ticket', version: 1, files: 3 }],
    keys: [],
    rows: 1500,
    files: 3,
    bytes: 3000,
    time: { column: 'created_at', from: new Date(0), to: new Date(1000) },
    tasks: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`tickets-${i}`, [[0, 10]]])),
    partitions: [{ folder: 'priority=high', rows: 5, files: 1, bytes: 100 }],
    small: { files: 1, below: 1024, share: 0.5 },
    json: null,
    compacted: 1,
  }
  const text = inspectionTable(inspection as never)
  for (const line of ['1,500', '3, 1 of them compacted', '1 below 1 KiB (50 %)', '2 bytes a row', 'not compared', '1970-01-01T00:00:00.000Z to'])
    expect(text).toContain(line)
  expect(text).toContain('… and 8 more')
  expect(text).toContain('priority=high')
})
