import { compareTexts, type Field, type Storage, TicketsError } from '@tickets/core'
import { slice } from '@tickets/core/arrow'
import { columnReaders } from '@tickets/core/internal'
import type { FileLayer } from '@tickets/core/node'
import { storageAt } from '../disk/disk-storage.ts'
import { jsonEncoder } from '../encoders/json.ts'
import { openPart } from './compaction/plan.ts'
import { COMPACT, type Part } from './dataset/parts.ts'
import { versionsIn } from './dataset/versions.ts'
import { lookAt } from './dataset/view.ts'
import type { Opened } from './formats/format.ts'
import type { Inspection, PartitionInspection } from './inspection.ts'

/** Settings of `inspect`. */
export interface InspectOptions {
  /** Rows that are written as JSON to compare sizes, over all files; 10,000 by default. */
  readonly sample?: number
  /** Bytes below which a file is small; 32 MiB by default. */
  readonly smallBelow?: number
  /** @internal For tests. */
  readonly files?: FileLayer
}

/** How often a dataset is read anew because a compaction took a file away meanwhile. */
const TRIES = 5

/** What is added up over the files. */
class Sums {
  rows = 0
  bytes = 0
  small = 0
  compacted = 0
  sampled = 0
  sampledBytes = 0
  writable = true
  readonly formats = new Set<string>()
  readonly schemas = new Map<string, { name: string; version: number; files: number }>()
  readonly columns = new Map<string, Field>()
  readonly keys = new Set<string>()
  readonly tasks = new Map<string, [string, string][]>()
  readonly partitions = new Map<string, { -readonly [K in keyof PartitionInspection]: PartitionInspection[K] }>()
  time: { column: string; from: number; to: number } | null = null
}

/**
 * Returns what a dataset holds: rows, files, sizes, time range, ranges of each task, partitions, the share of small files, and its size against JSON.
 *
 * Reads every file, one at a time, of the exact list that `files` gives. A folder of versions gives one result for each, oldest first.
 *
 * @throws `TARGET_UNUSABLE` where there is no dataset; `SINK_FAILED` for a file that is damaged, `SCHEMA_MISMATCH` for one that no sink wrote
 * @example
 * (await inspect('data/tickets'))[0]?.rows // 100000
 */
export async function inspect(dir: string | Storage, options: InspectOptions = {}): Promise<Inspection[]> {
  const dataset = storageAt(dir, options.files)
  const versions = await versionsIn(dataset)
  if (versions.length === 0) return [await inspectOne(dataset, null, options)]
  const found: Inspection[] = []
  for (const version of versions) found.push(await inspectOne(dataset.below(`v${version}`), version, options))
  return found
}

async function inspectOne(dataset: Storage, version: number | null, options: InspectOptions): Promise<Inspection> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { parts } = await lookAt(dataset)
    const sums = await readAll(dataset, parts, options)
    if (sums) return inspectionOf(dataset.location, version, parts, sums, options)
  }
  throw new TicketsError('SINK_FAILED', `${dataset.location} is compacted again and again while it is read: inspect it later`, { retryable: true })
}

async function readAll(dataset: Storage, parts: readonly Part[], options: InspectOptions): Promise<Sums | null> {
  const { sample = 10_000, smallBelow = 32 * 1024 * 1024 } = options
  const sums = new Sums()
  const each = Math.ceil(sample / Math.max(1, parts.length))
  for (const part of parts) {
    const opened = await openPart(dataset, part)
    if (!opened) return null
    try {
      await add(sums, part, opened, part.size, each)
      if (opened.rows > 0 && part.size < smallBelow) sums.small++
    } finally {
      opened.close()
    }
  }
  return sums
}

async function add(sums: Sums, part: Part, opened: Opened, bytes: number, sample: number): Promise<void> {
  const { rows, footer, fields } = opened
  sums.rows += rows
  sums.bytes += bytes
  sums.formats.add(part.extension)
  if (part.task === COMPACT) sums.compacted++
  for (const field of fields) {
    const known = sums.columns.get(field.name)
    sums.columns.set(field.name, { ...field, optional: field.optional || (known?.optional ?? false) })
  }
  if (footer) {
    const name = `${footer.schema} ${footer.version}`
    const schema = sums.schemas.get(name) ?? { name: footer.schema, version: footer.version, files: 0 }
    schema.files++
    sums.schemas.set(name, schema)
    for (const key of footer.keys) sums.keys.add(key)
    for (const [task, ranges] of Object.entries(footer.tasks))
      for (const [from, to] of ranges) sums.tasks.set(task, joined(sums.tasks.get(task), from, to))
  }
  const partition = sums.partitions.get(part.folder) ?? { folder: part.folder, rows: 0, files: 0, bytes: 0 }
  partition.rows += rows
  partition.files++
  partition.bytes += bytes
  sums.partitions.set(part.folder, partition)
  await addTime(sums, opened)
  await addSample(sums, opened, sample)
}

/** The ranges with one more, which is one with the last where they touch, and counts once where several files are of one range. */
function joined(ranges: [string, string][] = [], from: string, to: string): [string, string][] {
  const last = ranges.at(-1)
  if (last?.[1] === from && from !== to) last[1] = to
  else if (!ranges.some((range) => range[0] === from && range[1] === to)) ranges.push([from, to])
  return ranges
}

async function addTime(sums: Sums, { fields, batches }: Opened): Promise<void> {
  const times = fields.filter(({ kind }) => kind === 'instant').map(({ name }) => name)
  const column = times.includes('window_start') ? 'window_start' : times[0]
  if (column === undefined || !batches) return
  for await (const batch of batches([column])) {
    const read = columnReaders(batch).find(({ field }) => field.name === column)?.read
    for (let i = 0; i < batch.length; i++) {
      const value = read?.(i)
      if (!(value instanceof Date)) continue
      const ms = value.getTime()
      sums.time ??= { column, from: ms, to: ms }
      sums.time.from = Math.min(sums.time.from, ms)
      sums.time.to = Math.max(sums.time.to, ms)
    }
  }
}

async function addSample(sums: Sums, { batches }: Opened, most: number): Promise<void> {
  if (!batches) sums.writable = false
  if (!sums.writable || !batches || most === 0) return
  let left = most
  for await (const batch of batches()) {
    const rows = slice(batch, 0, Math.min(left, batch.length))
    try {
      const bytes = await jsonEncoder.encode(rows.schema, [rows], new Map())
      for (const chunk of Array.isArray(bytes) ? bytes : [bytes]) sums.sampledBytes += chunk.byteLength
    } catch {
      // An infinite number has no JSON.
      sums.writable = false
      return
    }
    sums.sampled += rows.length
    left -= rows.length
    if (left <= 0) return
  }
}

function inspectionOf(dir: string, version: number | null, parts: readonly Part[], sums: Sums, options: InspectOptions): Inspection {
  const { smallBelow = 32 * 1024 * 1024 } = options
  const withRows = [...sums.partitions.values()].filter(({ rows }) => rows > 0)
  const json = sums.writable && sums.sampled > 0 ? Math.round((sums.sampledBytes * sums.rows) / sums.sampled) : null
  return {
    dir,
    version,
    format: [...sums.formats].sort().join(', '),
    schemas: [...sums.schemas.values()],
    columns: [...sums.columns.values()].map(({ name, kind, optional }) => ({ name, kind, optional })),
    keys: [...sums.keys],
    rows: sums.rows,
    files: parts.length,
    bytes: sums.bytes,
    time: sums.time && { column: sums.time.column, from: new Date(sums.time.from), to: new Date(sums.time.to) },
    tasks: Object.fromEntries([...sums.tasks].sort(([a], [b]) => (a < b ? -1 : 1))),
    partitions: withRows.sort((a, b) => compareTexts(a.folder, b.folder)),
    small: { below: smallBelow, files: sums.small, share: parts.length === 0 ? 0 : sums.small / parts.length },
    compacted: sums.compacted,
    json: json === null ? null : { sampled: sums.sampled, bytes: json, ratio: json / Math.max(1, sums.bytes) },
  }
}
