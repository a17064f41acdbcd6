import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { defineSchema, instant, into, pipeline, type Sink } from '@tickets/core'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { compact, files, jsonSink, parquetSink, versioned } from '@tickets/sinks'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { folder } from '../../../test/helpers.ts'
import { copyOf, dying, globbed, type How, layer, leftovers, numbersIn, publishRows, quick, taskNamed } from '../../../test/lake-helpers.ts'

/** Five ranges of one task. */
async function make(): Promise<string> {
  const dir = await folder()
  for (let n = 0; n < 5; n++) await publishRows(dir, taskNamed('tickets-0'), n, [n], { files: quick })
  return dir
}

const all = [0, 1, 2, 3, 4]

/** Copies of the dataset whose compaction died after its record, at each call to the file system. */
async function* cutOff(how: How): AsyncGenerator<{ dir: string; where: string }> {
  const made = await make()
  const whole = dying(Number.POSITIVE_INFINITY, 'before')
  await compact(await copyOf(made), { files: whole })
  for (let last = 1; last <= whole.calls.length; last++) {
    const dir = await copyOf(made)
    await compact(dir, { files: dying(last, how) }).catch(() => {})
    const isRecorded = (await leftovers(dir)).some((path) => path.endsWith('.compaction'))
    if (isRecorded) yield { dir, where: `${how} call ${last}, ${whole.calls[last - 1]}` }
  }
}

/** Each row once, by a glob and by the list. */
async function check(dir: string, where: string): Promise<void> {
  expect(await numbersIn(await globbed(dir)), where).toEqual(all)
  expect(await numbersIn(await files(dir)), where).toEqual(all)
}

test.each(['before', 'after'] as const)('a pipeline that starts finishes a recorded compaction that died %s any call', async (how) => {
  let doubled = 0
  for await (const { dir, where } of cutOff(how)) {
    if ((await numbersIn(await globbed(dir))).length > all.length) doubled++
    const sink = jsonSink(dir, { files: quick })
    await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
    await check(dir, where)
    // Again is fine.
    await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
    await check(dir, where)
  }
  expect(doubled).toBeGreaterThan(2)
})

test('the scheduled compaction finishes one that was cut off before its first sleep', async () => {
  for await (const { dir, where } of cutOff('before')) {
    const stop = new AbortController()
    const told: string[] = []
    const note = (message: string) => void told.push(message)
    const sink: Sink<never> = jsonSink(dir, { files: quick, compact: { every: '1 hour' } })
    await sink.maintain?.({
      // The first sleep ends the run.
      clock: { now: () => 0, sleep: async () => stop.abort() },
      logger: { debug() {}, info: note, warn: note, error: note },
      signal: stop.signal,
    })
    await check(dir, where)
    expect(told).toEqual([])
  }
})

test('the next compact() finishes one that was cut off, though it has nothing else to do', async () => {
  for await (const { dir, where } of cutOff('after')) {
    // Nothing is as old as that.
    await compact(dir, { files: quick, before: new Date(0) })
    await check(dir, where)
  }
})

test('a start does not miss the file of a finished compaction that was deleted since', async () => {
  const dir = await make()
  await compact(dir, { files: quick })
  await quick.unlink(join(dir, 'part-log1-compact-0-0.jsonl'))
  await jsonSink(dir, { files: quick }).begin?.({ id: 'log1', takesOver: false, remove: [] })
  expect(await numbersIn(await globbed(dir))).toEqual([4])
})

test('a start of the next version finishes a compaction of the last one', async () => {
  const root = await folder()
  const at = instant()
  const First = defineSchema(z.object({ id: z.string(), at }), { name: 'thing', time: 'at' })
  const Other = defineSchema(z.object({ id: z.int(), at }), { name: 'thing', version: 2, time: 'at' })
  const rows = (ids: readonly unknown[]) => messagesOf(ids.map((id) => JSON.stringify({ id, at: '2026-11-21T12:00:00.000Z' })))
  const run = (schema: typeof First | typeof Other, ids: readonly unknown[]) =>
    versioned(join(root, 'lake'), { log: join(root, 'log'), onIncompatible: 'next' }, ({ log, path, onwards }) =>
      pipeline({
        name: 'things',
        source: onwards(memorySource({ schema: schema as typeof First, partitions: [rows(ids)], until: 'now', topic: 'things' })),
        log,
        range: { rows: 1 },
        flows: (things) => ({ things: things.pipe(into(parquetSink(path('things')))) }),
      }),
    ).run({ handleSignals: false })
  const ids = ['a', 'b', 'c', 'd']
  for (let n = 1; n <= ids.length; n++) await run(First, ids.slice(0, n))
  const v1 = join(root, 'lake/things/v1')
  const inputs = (await files(v1)).slice(0, -1)
  expect(inputs.length).toBeGreaterThan(1)
  // Dies when its first input is to go: its output and all inputs can be seen.
  const dies = layer(async (name, act, args) => {
    if (name === 'unlink' && String(args[0]).startsWith(join(v1, 'part-'))) throw new Error('the process died')
    return act()
  })
  await expect(compact(v1, { files: dies })).rejects.toThrow('the process died')
  const isThere = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    )
  expect(await Promise.all(inputs.map(isThere))).not.toContain(false)
  await run(Other, [...ids, 5])
  expect(await Promise.all(inputs.map(isThere))).not.toContain(true)
})
