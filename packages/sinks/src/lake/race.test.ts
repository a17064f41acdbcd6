import type { FileLayer } from '@tickets/core/node'
import { type Compaction, compact, files, jsonSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { Every, folder } from '../../test/helpers.ts'
import { copyOf, dying, globbed, layer, leftovers, numbersIn, publishRows, quick, stageOne, taskNamed } from '../../test/lake-helpers.ts'

/** One process at work, which stands still before the calls to the file system that `stops` tells, until it is woken. */
class Process<V> {
  readonly result: Promise<V>
  #wake = () => {}
  #stand = () => {}
  #standing = new Promise<void>((done) => (this.#stand = done))

  constructor(work: (files: FileLayer) => Promise<V>, stops: (number: number, call: string, args: readonly unknown[]) => boolean) {
    let calls = 0
    const around = async (call: string, act: () => Promise<unknown>, args: readonly unknown[]) => {
      if (stops(++calls, call, args)) {
        const woken = new Promise<void>((done) => (this.#wake = done))
        this.#stand()
        await woken
      }
      return act()
    }
    this.result = work(layer(around))
  }

  /** Until it stands still, or is done. */
  async stands(): Promise<void> {
    await Promise.race([this.#standing, this.result.catch(() => {})])
  }

  wake(): void {
    this.#standing = new Promise<void>((done) => (this.#stand = done))
    this.#wake()
  }
}

const compacting = (dir: string) => (files: FileLayer) => compact(dir, { files })
const isPublished = (args: readonly unknown[]) => /\/part-[^/]*$/.test(String(args[1]))

interface Lake {
  readonly dir: string
  readonly all: number[]
}

const ROWS = 4
/** Each pair of calls takes minutes. */
const step = process.env.LAKE_ALL ? 1 : 3

async function publishMore({ dir, all }: Lake, n: number): Promise<void> {
  for (const [t, task] of ['tickets-0', 'tickets-1'].entries()) {
    const numbers = Array.from({ length: ROWS }, (_, i) => n * 100 + t * 10 + i)
    await publishRows(dir, taskNamed(task), n, numbers, { files: quick })
    all.push(...numbers)
  }
  all.sort((a, b) => a - b)
}

/** `unfinished`: a compaction has died right after its record was created. */
async function make(unfinished: boolean): Promise<Lake> {
  const lake: Lake = { dir: await folder(), all: [] }
  for (let n = 0; n < 3; n++) await publishMore(lake, n)
  if (!unfinished) await compact(lake.dir, { files: quick })
  else {
    const around = async (name: string, act: () => Promise<unknown>) => {
      const value = await act()
      if (name === 'link') throw Object.assign(new Error('the process died'), { code: 'DEAD' })
      return value
    }
    await expect(compact(lake.dir, { files: layer(around) })).rejects.toThrow('died')
  }
  await publishMore(lake, 3)
  await publishMore(lake, 4)
  return lake
}

const templates = new Map<boolean, Promise<Lake>>()
async function lakeOf(unfinished = false): Promise<Lake> {
  let template = templates.get(unfinished)
  if (!template) {
    template = make(unfinished)
    templates.set(unfinished, template)
  }
  const { dir, all } = await template
  return { dir: await copyOf(dir), all: [...all] }
}

async function callsOf(unfinished = false): Promise<readonly string[]> {
  const files = dying(Number.POSITIVE_INFINITY, 'before')
  await compact((await lakeOf(unfinished)).dir, { files })
  return files.calls
}

async function check({ dir, all }: Lake, where: string): Promise<void> {
  expect(await numbersIn(await files(dir)), where).toEqual(all)
  expect([...new Set(await numbersIn(await globbed(dir)))], where).toEqual(all)
}

async function checkEnd(lake: Lake, where: string): Promise<void> {
  await compact(lake.dir, { files: quick })
  expect(await numbersIn(await files(lake.dir)), where).toEqual(lake.all)
  expect(await numbersIn(await globbed(lake.dir)), where).toEqual(lake.all)
}

test('a compaction that froze anywhere, and wakes after others continued, stops quietly', async () => {
  const { length } = await callsOf()
  const ends = new Set<number>()
  for (let at = 1; at <= length; at += step) {
    const lake = await lakeOf()
    const zombie = new Process(compacting(lake.dir), (number) => number === at)
    await zombie.stands()
    await compact(lake.dir, { files: quick })
    await publishMore(lake, 5)
    await publishMore(lake, 6)
    await compact(lake.dir, { files: quick })
    await check(lake, `frozen at ${at}`)
    zombie.wake()
    const { merged }: Compaction = await zombie.result
    ends.add(merged)
    await check(lake, `woken at ${at}`)
    await checkEnd(lake, `frozen at ${at}`)
    expect(
      (await leftovers(lake.dir)).filter((path) => path.startsWith('.staging')),
      `frozen at ${at}`,
    ).toEqual([])
  }
  // Some merged nothing, some what they had recorded.
  expect(ends.size).toBeGreaterThan(1)
})

test('of two that finish what a third one left, one may stop while the other continues, and the other way round', async () => {
  const calls = await callsOf(true)
  for (let at = calls.indexOf('unlink') + 1; at < calls.lastIndexOf('writeStream'); at++) {
    const lake = await lakeOf(true)
    // It stands still again before it publishes what it has recorded, and the other one when it has recorded something.
    let links = 0
    const first = new Process(compacting(lake.dir), (number, call, args) => number === at || (number > at && call === 'link' && isPublished(args)))
    await first.stands()
    const second = new Process(compacting(lake.dir), (_, call, args) => call === 'link' && isPublished(args) && ++links === 2)
    await second.stands()
    for (const one of [first, second, first, first]) {
      one.wake()
      await one.stands()
      await check(lake, `frozen at ${at}`)
    }
    await Promise.all([first.result, second.result])
    await checkEnd(lake, `frozen at ${at}`)
  }
})

test('a task that froze while it published, and wakes after its range was compacted, finds it lost and changes nothing', async () => {
  const id = taskNamed('tickets-0')
  const numbers = [9000, 9001]
  const open = (dir: string, files: FileLayer) => jsonSink(dir, { files, maxRowsPerFile: 1 }).open(id, Every)
  const outcomes = new Set<string>()
  for (let at = 1, done = false; !done; at++) {
    const lake = await lakeOf()
    const staged = await stageOne(lake.dir, id, 5, numbers, { files: quick, maxRowsPerFile: 1 })
    lake.all.push(...numbers)
    const publishing = async (files: FileLayer) => (await open(lake.dir, files)).publish(staged)
    // Frozen a second time between the looks at a staged file and at a published one.
    let stats = 0
    const zombie = new Process(publishing, (number, call) => number === at || (number > at && call === 'stat' && ++stats === 2))
    await zombie.stands()
    const other = new Process(publishing, (_, call) => call === 'unlink')
    await other.stands()
    zombie.wake()
    await zombie.stands()
    for (const _ of numbers) {
      other.wake()
      await other.stands()
    }
    other.wake()
    await other.result
    await publishMore(lake, 6)
    await publishMore(lake, 7)
    expect((await compact(lake.dir, { files: quick })).merged).toBeGreaterThan(2)
    const sofar = zombie.result.then(
      () => 'published',
      (error: { code: string }) => error.code,
    )
    zombie.wake()
    outcomes.add(await sofar)
    await check(lake, `frozen at ${at}`)
    await checkEnd(lake, `frozen at ${at}`)
    done = at > 12
  }
  // The first is from the runs in which it was done before: then its log tells that it is a zombie. From STAGED_LOST its task sees the same.
  expect([...outcomes].sort()).toEqual(['STAGED_LOST', 'published'])
})

test('a compaction that fails leaves nothing of its own: on a full disk the next ones would add to it', async () => {
  const lake = await lakeOf()
  for (const call of ['writeStream', 'syncFolder']) {
    const full = layer(async (name, act, args) => {
      const value = await act()
      if (name === call && String(args[0]).includes('/compact/')) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
      return value
    })
    await expect(compact(lake.dir, { files: full })).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: true })
    expect((await leftovers(lake.dir)).filter((path) => path.startsWith('.staging'))).toEqual([])
  }
  await checkEnd(lake, 'with room again')
})

test('a compaction that froze anywhere, and wakes after another log took the dataset over, leaves nothing of the old one', async () => {
  const { length } = await callsOf()
  for (let at = 1; at <= length; at += step) {
    const { dir } = await lakeOf()
    const first = jsonSink(dir, { files: quick })
    await first.begin?.({ id: 'log1', takesOver: false, remove: [] })
    const zombie = new Process(compacting(dir), (number) => number === at)
    await zombie.stands()
    const sink = jsonSink(dir, { files: quick, mode: 'overwrite' })
    const { takesOver, remove } = (await sink.prepare?.({ id: 'log2' })) ?? { takesOver: true, remove: [] }
    await sink.begin?.({ id: 'log2', takesOver, remove })
    zombie.wake()
    await zombie.result
    await publishRows(dir, taskNamed('tickets-0', 'log2'), 0, [1, 2], { files: quick })
    await compact(dir, { files: quick })
    const where = `frozen at ${at}`
    expect(await numbersIn(await files(dir)), where).toEqual([1, 2])
    expect(await numbersIn(await globbed(dir)), where).toEqual([1, 2])
    expect(await leftovers(dir), where).toEqual([])
  }
})
