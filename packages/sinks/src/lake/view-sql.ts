import { basename, dirname, join } from 'node:path'
import { TicketsError } from '@tickets/core'
import type { Inspection } from './inspection.ts'

const text = (value: string) => `'${value.replaceAll("'", "''")}'`
const name = (value: string) => `"${value.replaceAll('"', '""')}"`

/** What a glob would take for itself in a path. */
const literal = (path: string) => path.replaceAll(/[*?[]/g, (character) => `[${character}]`)

const REVISION = 'revision'

function readerOf(format: string, glob: string, options: readonly string[]): string {
  const all = (...more: string[]) => [text(glob), ...more, ...options].join(', ')
  switch (format) {
    case 'parquet':
      return `read_parquet(${all()})`
    case 'jsonl':
      return `read_json(${all("format = 'newline_delimited'")})`
    case 'csv':
      return `read_csv(${all('header = true', 'allow_quoted_nulls = false')})`
  }
  throw new TicketsError(
    'OPTION_INVALID',
    format === '' ? 'there are no files to make a view of: run the pipeline first' : `DuckDB reads no ${format} files: write Parquet for a view`,
  )
}

/**
 * Returns SQL for DuckDB: a view of a dataset that shows only the last revision of each window result (docs/internals/protocol.md#7.2).
 *
 * @param inspections the result of `inspect`; several versions become one view, with the columns of all
 * @throws `OPTION_INVALID` where there are no files, or files that DuckDB does not read
 * @example
 * viewSql(await inspect('data/tickets')) // CREATE OR REPLACE VIEW "tickets" AS SELECT * FROM read_parquet('…/data/tickets/*.parquet');
 */
export function viewSql(inspections: readonly Inspection[]): string {
  const filled = inspections.filter(({ files }) => files > 0)
  const [first] = filled
  const formats = new Set(filled.map(({ format }) => format))
  if (formats.size > 1) throw new TicketsError('OPTION_INVALID', `the files are ${[...formats].join(' and ')}: make a view of each version`)
  const versioned = first !== undefined && first.version !== null
  const root = first ? (versioned ? dirname(first.dir) : first.dir) : ''
  const partitioned = filled.some(({ partitions }) => partitions.some(({ folder }) => folder !== ''))
  const glob = [literal(root), ...(versioned ? ['v*'] : []), ...(partitioned ? ['**'] : []), `*.${first?.format ?? ''}`]
  const isMixed = filled.length > 1 || filled.some(({ schemas }) => schemas.length > 1)
  const options = [...(partitioned ? ['hive_partitioning = true'] : []), ...(isMixed ? ['union_by_name = true'] : [])]
  const reader = readerOf(first?.format ?? '', join(...glob), options)
  const keys = [...new Set(filled.flatMap((one) => one.keys))].filter((key) => key !== REVISION)
  const revised = keys.length > 0 && filled.some(({ columns }) => columns.some((column) => column.name === REVISION))
  const last = revised ? `\nQUALIFY row_number() OVER (PARTITION BY ${keys.map(name).join(', ')} ORDER BY ${name(REVISION)} DESC) = 1` : ''
  return `CREATE OR REPLACE VIEW ${name(basename(root))} AS\nSELECT * FROM ${reader}${last};`
}
