import {
  type CommitLog,
  type DeadLetter,
  defineSchema,
  instant,
  into,
  messageHeader,
  messageKey,
  messageOffset,
  pipeline,
  type RowOf,
  type Sink,
  type Source,
} from '@tickets/core'
import { crashEverywhere, memoryLog, memorySink, messagesOf, quickClock, sourceContract } from '@tickets/core/testing'
import { compact, deadLetterSource } from '@tickets/sinks'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { deadDataset, partitions, unknownTicket } from '../../test/dead-letters.ts'

type Row = RowOf<typeof Fixed>

/** Tickets after the fix: any priority. */
const Fixed = defineSchema(
  z.object({
    created_at: instant(),
    request: z.string(),
    priority: z.string(),
    replayed: messageHeader('replayed'),
    key: messageKey(),
    offset: messageOffset(),
  }),
  { name: 'fixed', time: 'created_at' },
)

const replay = ({ source, log, sinks }: { source: Source<Row, number>; log: CommitLog; sinks: { all: Sink<Row>; dead: Sink<DeadLetter> } }) =>
  pipeline({
    name: 'replay',
    source,
    log,
    clock: quickClock,
    range: { rows: 2 },
    deadLetters: sinks.dead,
    flows: (rows) => ({ all: rows.pipe(into(sinks.all)) }),
  })

const sinksOf = () => ({ all: memorySink<Row>('all'), dead: memorySink<DeadLetter>('dead') })
const sourceOf = (dir: string) => deadLetterSource(dir, { schema: Fixed })
const requests = ({ all }: ReturnType<typeof sinksOf>) => all.rows.map(({ request }) => request).sort()
const expected = ['request 1', 'request 10', 'request 11', 'request 2', 'request 4', 'request 5', 'request 7', 'request 8']

describe('a source of dead letters', () => {
  for (const { name, run } of sourceContract({
    make: async () => {
      const many = messagesOf(Array.from({ length: 20 }, (_, i) => unknownTicket(i)))
      const dir = await deadDataset('jsonl', [many, partitions()[1] ?? []])
      return { open: () => deadLetterSource(dir, { schema: Fixed }), beyond: 99 }
    },
  }))
    test(name, run)
})

test('messages come back with key, offset, time and a header that marks them; what is rejected again goes to the dead letters of the replay', async () => {
  const sinks = sinksOf()
  const summary = await replay({ source: sourceOf(await deadDataset()), log: memoryLog(), sinks }).run({ handleSignals: false })
  expect(summary).toMatchObject({ how: 'done', rows: 9, rejected: 1, written: { all: 8 } })
  expect(requests(sinks)).toEqual(expected)
  const row = sinks.all.rows.find(({ request }) => request === 'request 1')
  expect(row).toMatchObject({ replayed: 'true', key: 'k1', offset: 1, priority: 'urgent' })
  expect(sinks.dead.rows).toMatchObject([{ topic: 'memory', partition: 'memory-1', position: 5, value: '//4=', encoding: 'base64' }])
})

test('a second run adds nothing, also after a compaction; new dead letters are replayed alone', async () => {
  const dir = await deadDataset()
  const [log, sinks] = [memoryLog(), sinksOf()]
  const again = () => replay({ source: sourceOf(dir), log, sinks }).run({ handleSignals: false })
  await again()
  await compact(dir)
  expect(await again()).toMatchObject({ rows: 0, rejected: 0 })
  expect(requests(sinks)).toEqual(expected)
})

test('1 exactly once: death at each step, before and after it', async () => {
  const dir = await deadDataset('jsonl', [partitions()[0] ?? []])
  const report = await crashEverywhere({
    world: () => ({ source: sourceOf(dir), log: memoryLog(), sinks: sinksOf() }),
    pipeline: (parts) => replay(parts),
  })
  expect(report.crashes).toBeGreaterThan(40)
})

test('dead letters that appear below what was replayed are refused, not skipped', async () => {
  const all = partitions()[0] ?? []
  const early = await deadDataset('jsonl', [all.filter(({ offset }) => offset !== 2)])
  const late = await deadDataset('jsonl', [all])
  const [log, sinks] = [memoryLog(), sinksOf()]
  await replay({ source: sourceOf(early), log, sinks }).run({ handleSignals: false })
  // The same dataset with one more letter, as a backfill would have added it.
  const topics = (await log.pipeline())?.topics ?? []
  const source = sourceOf(late)
  const same: Source<Row, number> = { ...source, describe: async () => ({ ...(await source.describe()), topics }) }
  await expect(replay({ source: same, log, sinks }).run({ handleSignals: false })).rejects.toMatchObject({
    code: 'SOURCE_CHANGED',
    message: expect.stringContaining('6 dead letters of memory-0'),
  })
})

test('a dataset that another log has written since is refused', async () => {
  const dir = await deadDataset()
  const [log, sinks] = [memoryLog(), sinksOf()]
  await replay({ source: sourceOf(dir), log, sinks }).run({ handleSignals: false })
  const other = await deadDataset()
  await expect(replay({ source: sourceOf(other), log, sinks }).run({ handleSignals: false })).rejects.toMatchObject({ code: 'SOURCE_CHANGED' })
})

test('whatever is rejected, in whatever ranges, each message comes back once and in order', async () => {
  const messages = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(messages, messages, fc.boolean(), async (a, b, compacted) => {
      const of = (good: readonly boolean[], from: number) =>
        messagesOf(good.map((isGood, i) => ({ ...unknownTicket(from + i), priority: isGood ? 'high' : 'x' })))
      const dir = await deadDataset('jsonl', [of(a, 0), of(b, 100)])
      if (compacted) await compact(dir).catch(() => {})
      const sinks = sinksOf()
      if (a.every(Boolean) && b.every(Boolean)) return
      await replay({ source: sourceOf(dir), log: memoryLog(), sinks }).run({ handleSignals: false })
      const wanted = (good: readonly boolean[], from: number) => good.flatMap((isGood, i) => (isGood ? [] : [`request ${from + i}`]))
      expect(sinks.all.rows.map(({ request }) => request)).toEqual([...wanted(a, 0), ...wanted(b, 100)])
    }),
    { numRuns: 15 },
  )
})
