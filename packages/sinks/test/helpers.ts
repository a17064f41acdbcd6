import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance, type DuckDBResultReader } from '@duckdb/node-api'
import { Batch, defineSchema, instant, type Range, type Schema, type Sink, type Staged, type TaskId, type Writer } from '@tickets/core'
import fc from 'fast-check'
import { afterAll } from 'vitest'
import * as z from 'zod'

/** A column of every kind, optional and nullable ones too. */
export const Every = defineSchema(
  z.object({
    at: instant(),
    text: z.string(),
    kind: z.enum(['a', 'b,"', 'ü']),
    real: z.number(),
    whole: z.int(),
    small: z.int32(),
    yes: z.boolean(),
    maybe: z.string().optional(),
    kindOrNull: z.enum(['x', 'y']).nullable(),
    wholeOrNull: z.int().nullable(),
    yesOrNot: z.boolean().optional(),
    atOrNull: instant().nullable(),
  }),
  { name: 'every', version: 3, time: 'at' },
)
export type Every = typeof Every extends Schema<infer T> ? T : never

export const plain: Every = {
  at: new Date('2026-03-29T01:30:00.123Z'),
  text: 'ça va? 你好 👩‍🚀',
  kind: 'b,"',
  real: 0.1,
  whole: 2 ** 53 - 1,
  small: -(2 ** 31),
  yes: true,
  kindOrNull: 'x',
  wholeOrNull: -(2 ** 53) + 1,
  atOrNull: new Date('1969-12-31T23:59:59.999Z'),
}
export const sparse: Every = {
  ...plain,
  text: '',
  yes: false,
  real: -1e300,
  small: 2 ** 31 - 1,
  maybe: '',
  kindOrNull: null,
  wholeOrNull: null,
  yesOrNot: false,
  atOrNull: null,
}

const date = () => fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
export const anyRow: fc.Arbitrary<Every> = fc.record(
  {
    at: date(),
    text: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '"', ',', '\r\n', 'NULL', 'null', ' x ', '\\', '\u2028', '😀')),
    kind: fc.constantFrom('a' as const, 'b,"' as const, 'ü' as const),
    real: fc.double({ noNaN: true, noDefaultInfinity: true }),
    whole: fc.maxSafeInteger(),
    small: fc.integer(),
    yes: fc.boolean(),
    maybe: fc.string(),
    kindOrNull: fc.constantFrom('x' as const, 'y' as const, null),
    wholeOrNull: fc.option(fc.maxSafeInteger()),
    yesOrNot: fc.boolean(),
    atOrNull: fc.option(date()),
  },
  { requiredKeys: ['at', 'text', 'kind', 'real', 'whole', 'small', 'yes', 'kindOrNull', 'wholeOrNull', 'atOrNull'] },
)

const made: string[] = []
afterAll(async () => {
  for (const folder of made) await rm(folder, { recursive: true, force: true })
})

/** A new folder, removed when the tests of the file are done. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tickets-sinks-'))
  made.push(path)
  return path
}

/** A new folder with files at these paths. */
export async function withFiles(...paths: string[]): Promise<string> {
  const target = await folder()
  for (const path of paths) {
    await mkdir(dirname(join(target, path)), { recursive: true })
    await writeFile(join(target, path), 'x')
  }
  return target
}

export const task: TaskId = { logId: 'log1', task: 'tickets-0', flow: 'all' }
export const range = (from: number, to: number, empty = false): Range => ({ from, to, empty })

export async function writeRows(writer: Writer<Every>, rows: readonly Every[], perBatch = rows.length): Promise<void> {
  for (let at = 0; at < rows.length; at += perBatch) await writer.write(Batch.of(Every, rows.slice(at, at + perBatch)))
}

/** Stages and publishes one range. */
export async function commit(sink: Sink<Every>, rows: readonly Every[], n = 0, id: TaskId = task, perBatch?: number): Promise<Staged | null> {
  const writer = await sink.open(id, Every)
  await writeRows(writer, rows, perBatch)
  const staged = await writer.stage(n, 'a1', range(n * 10, n * 10 + 10, rows.length === 0))
  if (staged) await writer.publish(staged)
  await writer.close()
  return staged
}

/** Every path below a folder, relative, folders ending in `/`. */
export async function tree(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  return entries.map((e) => join(e.parentPath, e.name).slice(path.length + 1) + (e.isDirectory() ? '/' : '')).sort()
}

/** The published files of a target with partitions, relative to it. */
export const published = async (path: string): Promise<string[]> => (await tree(path)).filter((name) => !name.startsWith('.') && !name.endsWith('/'))

/** The published files of a target. */
export const parts = async (path: string): Promise<string[]> => (await readdir(path)).filter((name) => !name.startsWith('.')).sort()

/** Runs a query in a new DuckDB, in UTC. */
export const duck = (sql: string): Promise<Record<string, unknown>[]> => query(sql, (result) => result.getRowObjectsJS())

/** The rows of a query with values as DuckDB has them, exact ones too. */
export const duckRaw = (sql: string): Promise<Record<string, unknown>[]> => query(sql, (result) => result.getRowObjects())

async function query(sql: string, rowsOf: (result: DuckDBResultReader) => unknown): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run("SET TimeZone = 'UTC'")
    return rowsOf(await connection.runAndReadAll(sql)) as Record<string, unknown>[]
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** A record of a range. */
export interface Recorded {
  readonly n: number
  readonly attempt: string
  readonly staged: Staged
}

/** Writes ranges 0 and 1 in order, as the runner does them after a recovery; `recorded` stands for the log. */
export async function twoRanges(
  writer: Writer<Every>,
  rowsOf: (n: number) => readonly Every[],
  attempt: string,
  recorded: Recorded[],
): Promise<void> {
  const head = recorded.at(-1)
  if (head) {
    await writer.publish(head.staged)
    await writer.sweep(head)
  }
  for (let n = (head?.n ?? -1) + 1; n < 2; n++) {
    await writeRows(writer, rowsOf(n))
    const staged = (await writer.stage(n, attempt, range(n, n + 1))) as Staged
    recorded.push({ n, attempt, staged: JSON.parse(JSON.stringify(staged)) })
    await writer.publish(staged)
    await writer.sweep({ n, attempt })
  }
}
