import { type Batch, defineSchema, instant, type Schema, type Sink, type Staged } from '@tickets/core'
import * as z from 'zod'

/** A column of every kind, optional and nullable ones, and those that the dataset is divided by. */
export const Reading = defineSchema(
  z.object({
    at: instant(),
    text: z.string(),
    kind: z.enum(['a', 'b,"', 'ü']),
    real: z.number(),
    whole: z.int(),
    small: z.int32(),
    yes: z.boolean(),
    maybe: z.string().optional(),
    wholeOrNull: z.int().nullable(),
    yesOrNot: z.boolean().optional(),
    atOrNull: instant().nullable(),
    label: z.string(),
    group: z.enum(['x', 'y']).nullable(),
    number: z.int(),
    open: z.boolean(),
  }),
  { name: 'reading', version: 2, time: 'at' },
)
export type Reading = typeof Reading extends Schema<infer T> ? T : never

/** What CSV and JSON do not say of the columns. */
export const columns: Readonly<Record<string, string>> = {
  at: 'timestamp',
  text: 'string',
  kind: 'string',
  real: 'double',
  whole: 'int64',
  small: 'int32',
  yes: 'bool',
  maybe: 'string',
  wholeOrNull: 'int64',
  yesOrNot: 'bool',
  atOrNull: 'timestamp',
  label: 'string',
  group: 'string',
  number: 'int64',
  open: 'bool',
}

/** Values that a path cannot hold as they are, and some that look like something else. */
export const labels = [
  'plain',
  'a/b',
  'a=b',
  '100%',
  '%41',
  'two words',
  ' ',
  '🎫 ticket',
  'e\u0301ü',
  '..',
  '.',
  'a+b&c',
  '#?*[]{}^:\'"\\',
  'line\nend\t',
  '007',
  'NULL',
  'null',
  'nan',
  'true',
  '2026-11-21',
  '1e3',
]

const texts = ['', 'ça va? 你好 👩‍🚀', '𝔘𝔫𝔦 🎫', '"quoted", comma\r\nline', 'NULL', 'nan', '🎫'.repeat(262_144)]

/** A row for each label, with edges of every type in turn. */
export const rows: readonly Reading[] = labels.map((label, i) => ({
  at: new Date(Date.UTC(2026, i % 12, 1 + ((i * 5) % 28), 23, 59, 59, 999)),
  text: texts[i % texts.length] as string,
  kind: (['a', 'b,"', 'ü'] as const)[i % 3] as 'a',
  real: [0.1, -1e300, 5e-324, 0, 1.7976931348623157e308][i % 5] as number,
  whole: [2 ** 53 - 1, -(2 ** 53) + 1, 0][i % 3] as number,
  small: [2 ** 31 - 1, -(2 ** 31), 0][i % 3] as number,
  yes: i % 2 === 0,
  ...(i % 3 === 0 ? {} : { maybe: i % 3 === 1 ? '' : 'there' }),
  wholeOrNull: i % 2 === 0 ? null : i,
  ...(i % 4 === 0 ? {} : { yesOrNot: i % 4 === 1 }),
  atOrNull: i % 5 === 0 ? null : new Date(Date.UTC(1969, 11, 31, 23, 59, 59, 999) + i * 86_400_000),
  label,
  group: ([null, 'x', 'y'] as const)[i % 3] as 'x',
  number: [0, 7, -40, 123_456][i % 4] as number,
  open: i % 2 === 1,
}))

/** Writes ranges of rows as one task does; the first is empty, as record 0 of a pipeline is. */
export async function write(
  sink: Sink<Reading>,
  ranges: readonly (readonly Reading[])[],
  batchOf: (rows: readonly Reading[]) => Batch<Reading>,
): Promise<void> {
  const writer = await sink.open({ logId: 'log1', task: 'tickets-0', flow: 'all' }, Reading)
  for (const [n, some] of [[], ...ranges].entries()) {
    if (some.length > 0) await writer.write(batchOf(some))
    const staged = await writer.stage(n, 'a1', { from: n * 10, to: n * 10 + some.length, empty: n === 0 })
    if (staged) await writer.publish(staged as Staged)
  }
  await writer.close()
}
