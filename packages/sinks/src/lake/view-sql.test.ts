import { expect, test } from 'vitest'
import type { Inspection } from './inspection.ts'
import { viewSql } from './view-sql.ts'

const one = (more: Partial<Inspection> = {}): Inspection => ({
  dir: "/data/o'hara",
  version: null,
  format: 'parquet',
  schemas: [{ name: 'row', version: 1, files: 1 }],
  columns: [{ name: 'id', kind: 'string', optional: false }],
  keys: [],
  rows: 1,
  files: 1,
  bytes: 1,
  time: null,
  tasks: {},
  partitions: [{ folder: '', rows: 1, files: 1, bytes: 1 }],
  small: { below: 1, files: 0, share: 0 },
  compacted: 0,
  json: null,
  ...more,
})

test('plain rows become a view of their files, quoted', () => {
  expect(viewSql([one()])).toBe(`CREATE OR REPLACE VIEW "o'hara" AS\nSELECT * FROM read_parquet('/data/o''hara/*.parquet');`)
})

test('7.2 results of windows show their last revision', () => {
  const sql = viewSql([one({ keys: ['window_start', 'revision'], columns: [{ name: 'revision', kind: 'int32', optional: false }] })])
  expect(sql).toContain('PARTITION BY "window_start" ORDER BY "revision" DESC')
})

test('versions and partitions are read below one folder, by the names of their columns', () => {
  const partitions = [{ folder: 'kind=a', rows: 1, files: 1, bytes: 1 }]
  const sql = viewSql([one({ dir: '/data/x/v1', version: 1, partitions }), one({ dir: '/data/x/v2', version: 2, partitions })])
  expect(sql).toContain("'/data/x/v*/**/*.parquet'")
  expect(sql).toContain('union_by_name = true')
  expect(sql).toContain('hive_partitioning = true')
})

test.each([
  ['no files', []],
  ['several formats', [one(), one({ format: 'csv' })]],
  ['a format that DuckDB does not read', [one({ format: 'arrow' })]],
])('%s are refused', (_, inspections) => {
  expect(() => viewSql(inspections)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
