import { Batch, type Schema } from '../../batch/batch.ts'
import type { Range, Sink, Staged, TaskId, Writer } from '../../connectors/sink.ts'
import { type Case, check, fails, same } from './case.ts'

/** A sink on a place of its own. */
export interface SinkUnderTest<T> {
  /** Opens it anew, as another process would. */
  open: () => Sink<T>
  /** What a reader finds now; `null` while there is nothing at all, not even an empty dataset. */
  visible: () => Promise<readonly T[] | null>
  /** Names of what is staged, where that can be looked at. */
  staged?: () => Promise<readonly string[]>
}

/** What the contract needs of a sink. */
export interface SinkDriver<T> {
  schema: Schema<T>
  /** Row `i`: others for other numbers. */
  row: (i: number) => T
  make: () => Promise<SinkUnderTest<T>>
  /** False for a sink that shows rows as soon as they are staged, such as `callbackSink`: at least once. True by default. */
  twoPhase?: boolean
}

const LOG = 'aaaa0000'
const task = (name = 'tickets-0'): TaskId => ({ logId: LOG, task: name, flow: 'flow' })
const range = (n: number, empty = false): Range => ({ from: n * 10, to: n * 10 + 10, empty })
const json = (staged: Staged | null) => JSON.parse(JSON.stringify(staged)) as Staged

/** Returns everything that `Sink` and `Writer` promise, as cases for any test runner. */
export function sinkContract<T>({ schema, row, make, twoPhase = true }: SinkDriver<T>): Case[] {
  type World = SinkUnderTest<T> & { writer: (name?: string) => Promise<Writer<T>>; put: (writer: Writer<T>, ...rows: number[]) => Promise<void> }
  const on = (name: string, run: (world: World) => Promise<void>): Case => ({
    name,
    run: async () => {
      const under = await make()
      const sink = under.open()
      const prepared = (await sink.prepare?.({ id: LOG })) ?? { takesOver: false, remove: [] }
      for (let twice = 0; twice < 2; twice++) await under.open().begin?.({ id: LOG, ...prepared })
      const writer = (task_ = 'tickets-0') => under.open().open(task(task_), schema)
      const put = async (to: Writer<T>, ...rows: number[]) => void (await to.write(Batch.of(schema, rows.map(row))))
      await run({ ...under, writer, put })
    },
  })
  const shows = async (world: World, rows: readonly number[], what: string) => {
    const text = (of: readonly T[]) => of.map((one) => JSON.stringify(one)).sort()
    same(text((await world.visible()) ?? []), text(rows.map(row)), what)
  }
  const stage = async (world: World, n: number, attempt: string, ...rows: number[]) => {
    const writer = await world.writer()
    await world.put(writer, ...rows)
    const staged = json(await writer.stage(n, attempt, range(n)))
    await writer.close()
    return staged
  }

  const always = [
    on('rows written, staged and published are there, once', async (world) => {
      const writer = await world.writer()
      await world.put(writer, 1, 2)
      await world.put(writer)
      await world.put(writer, 3)
      const staged = await writer.stage(0, 'a', range(0))
      check(staged !== null, 'rows were written, so something is staged')
      await writer.publish(staged as Staged)
      await writer.sweep({ n: 0, attempt: 'a' })
      await writer.close()
      await shows(world, [1, 2, 3], 'visible')
    }),
    on('2.5 `stage` cuts at once: what is written after the call is of the next range', async (world) => {
      const writer = await world.writer()
      await world.put(writer, 1)
      const first = writer.stage(0, 'a', range(0))
      const second = world.put(writer, 2)
      await writer.publish(json(await first))
      await shows(world, [1], 'the first range')
      await second
      await writer.publish(json(await writer.stage(1, 'a', range(1))))
      await shows(world, [1, 2], 'both')
      await writer.close()
    }),
    on('a range without rows stages nothing', async (world) => {
      const writer = await world.writer()
      same(await writer.stage(0, 'a', range(0)), null, 'nothing written')
      await world.put(writer)
      same(await writer.stage(1, 'a', range(1)), null, 'an empty batch written')
      await writer.sweep({ n: 1, attempt: 'a' })
      await writer.close()
      same(await world.visible(), null, 'visible')
    }),
    on('3.7 publishing again, from a record and by another process, changes nothing', async (world) => {
      const staged = await stage(world, 0, 'a', 1, 2)
      for (let times = 0; times < 3; times++) {
        const writer = await world.writer()
        await writer.publish(json(staged))
        await writer.publish(json(staged))
        await writer.sweep({ n: 0, attempt: 'a' })
        await writer.close()
        await shows(world, [1, 2], `published ${times + 1} times`)
      }
    }),
    on('tasks write beside each other', async (world) => {
      const writers = await Promise.all(['tickets-0', 'tickets-1', 'merge'].map((name) => world.writer(name)))
      await Promise.all(writers.map((writer, i) => world.put(writer, i)))
      const staged = await Promise.all(writers.map((writer) => writer.stage(0, 'a', range(0))))
      await Promise.all(writers.map((writer, i) => writer.publish(json(staged[i] ?? null))))
      for (const writer of writers) await writer.close()
      await shows(world, [0, 1, 2], 'visible')
    }),
  ]
  const exact = [
    on('nothing is visible before it is published, whatever dies', async (world) => {
      const writer = await world.writer()
      await world.put(writer, 1)
      same(await world.visible(), null, 'written')
      await writer.stage(0, 'a', range(0))
      same(await world.visible(), null, 'staged')
      await writer.close()
      same(await world.visible(), null, 'closed')
    }),
    on('what is staged outlives its process: another one publishes it', async (world) => {
      const staged = await stage(world, 0, 'a', 1, 2)
      const other = await world.writer()
      await other.publish(staged)
      await shows(world, [1, 2], 'visible')
      await other.close()
    }),
    on('7.3 an empty range that is to be staged becomes an empty dataset', async (world) => {
      const writer = await world.writer()
      const staged = await writer.stage(0, 'a', range(0, true))
      check(staged !== null, 'it is staged')
      await writer.publish(json(staged))
      same(await world.visible(), [], 'visible')
      await writer.close()
    }),
    on('3.7 published and swept long ago, publishing once more is still done', async (world) => {
      const staged = await stage(world, 0, 'a', 1)
      const writer = await world.writer()
      await writer.publish(staged)
      await writer.sweep({ n: 9, attempt: 'b' })
      await writer.publish(staged)
      await shows(world, [1], 'visible')
      await writer.close()
    }),
    on('3.7 staged and published both missing is an error, never silence', async (world) => {
      const staged = await stage(world, 0, 'a', 1)
      const writer = await world.writer()
      await writer.sweep({ n: 1, attempt: 'b' })
      await fails(() => writer.publish(staged), 'publishing what is gone')
      same(await world.visible(), null, 'visible')
      await writer.close()
    }),
    on('3.8 a sweep removes below the head and other attempts at it, and nothing else', async (world) => {
      const staged = {
        below: await stage(world, 1, 'a', 1),
        head: await stage(world, 2, 'a', 2),
        other: await stage(world, 2, 'b', 3),
        above: await stage(world, 3, 'c', 4),
        far: await stage(world, 10, 'a', 5),
      }
      const elsewhere = await world.writer('tickets-1')
      await world.put(elsewhere, 6)
      const besides = json(await elsewhere.stage(0, 'a', range(0)))
      const writer = await world.writer()
      await writer.sweep({ n: 2, attempt: 'a' })
      await writer.sweep({ n: 2, attempt: 'a' })
      await fails(() => writer.publish(staged.below), 'what was below')
      await fails(() => writer.publish(staged.other), 'another attempt')
      for (const left of [staged.head, staged.above, staged.far]) await writer.publish(left)
      await elsewhere.publish(besides)
      await shows(world, [2, 4, 5, 6], 'visible')
      for (const one of [writer, elsewhere]) await one.close()
      if (world.staged) same(await world.staged(), [], 'left behind')
    }),
    on('3.11 two attempts at one number do not touch each other', async (world) => {
      const [first, second] = [await world.writer(), await world.writer()]
      await world.put(first, 1)
      await world.put(second, 2, 3)
      const [a, b] = await Promise.all([first.stage(0, 'a', range(0)), second.stage(0, 'b', range(0))])
      check(b !== null, 'both are staged')
      await first.publish(json(a))
      await shows(world, [1], 'visible')
      await first.sweep({ n: 0, attempt: 'a' })
      await shows(world, [1], 'after the sweep')
      for (const writer of [first, second]) await writer.close()
      if (world.staged) same(await world.staged(), [], 'left behind')
    }),
    on('two that publish one record at once both succeed, and it is there once', async (world) => {
      const staged = await stage(world, 0, 'a', 1, 2)
      const writers = await Promise.all([world.writer(), world.writer(), world.writer()])
      await Promise.all(writers.map((writer) => writer.publish(json(staged))))
      await shows(world, [1, 2], 'visible')
      for (const writer of writers) await writer.close()
    }),
    on('a new attempt at a range that died before its record may differ, and only it is seen', async (world) => {
      await stage(world, 0, 'dead', 1, 2)
      const staged = await stage(world, 0, 'b', 1)
      const writer = await world.writer()
      await writer.publish(staged)
      await writer.sweep({ n: 0, attempt: 'b' })
      await shows(world, [1], 'visible')
      await writer.close()
      if (world.staged) same(await world.staged(), [], 'left behind')
    }),
  ]
  return twoPhase ? [...always, ...exact] : always
}
