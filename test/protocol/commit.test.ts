import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../packages/core/src/base/json.ts'
import { Batch } from '../../packages/core/src/batch/batch.ts'
import { Committer } from '../../packages/core/src/commit/committer.ts'
import { MemoryBudget } from '../../packages/core/src/commit/memory-budget.ts'
import { Writers } from '../../packages/core/src/commit/writers.ts'
import type { CommitLog } from '../../packages/core/src/connectors/commit-log.ts'
import type { OperatorState } from '../../packages/core/src/records/operator-state-record.ts'
import { crashEverywhere } from '../../packages/core/src/testing/crash-everywhere.ts'
import { memoryLog } from '../../packages/core/src/testing/memory-log.ts'
import { memorySink } from '../../packages/core/src/testing/memory-sink.ts'
import { differences, outputsOf } from '../../packages/core/src/testing/outputs.ts'
import { Event, type LakeWorld, lake, memoryWorld, type Script } from '../../packages/core/test/lake.ts'

const TASK = 'tickets-0'

/** Something that remembers a number, and says what changed. */
function memory(text = ''): OperatorState & { value: number } {
  return {
    id: 'memory',
    version: 1,
    value: 0,
    rangeEnd: () => {},
    snapshot(whole) {
      return { value: this.value, text: whole ? text : '' } as Json
    },
    restore(cut) {
      this.value = (cut as { value: number }).value
    },
  }
}

/** One worker on a log and a sink that others use too. */
async function worker(attempt: string, log: CommitLog, sink = memorySink<Event>(), more: { neededFrom?: number; state?: OperatorState } = {}) {
  const writers = await Writers.open([{ flow: 'f', sink: sink as never, schema: Event }], { logId: 'x', task: TASK }, new MemoryBudget(1e9))
  const operators = new Map(more.state ? [['memory', more.state]] : [])
  const committer = new Committer({
    log,
    task: TASK,
    attempt,
    writers,
    operators,
    neededFrom: async () => more.neededFrom ?? Number.POSITIVE_INFINITY,
  })
  const commit = async (who: number) => {
    writers.write('f', Batch.of(Event, [{ at: new Date(0), kind: 'a', who }]))
    committer.commit({ from: who, to: who + 1, empty: false }, { to: who + 1 }, async () => {})
    await committer.settled()
  }
  return { committer, commit, writers }
}

const whoIn = (sink: ReturnType<typeof memorySink<Event>>) => sink.rows.map(({ who }) => who)
const numbers = (log: ReturnType<typeof memoryLog>) => [...(log.records.get(TASK)?.keys() ?? [])]

/** Turns that take their time, as a network and a disk do: interleaves what runs in one process. */
function slow(log: CommitLog, pauses: readonly number[]): CommitLog {
  let at = 0
  const wait = async () => {
    for (let turns = pauses[at++ % pauses.length] ?? 0; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    ...log,
    head: (task) => wait().then(() => log.head(task)),
    latest: (task) => wait().then(() => log.latest(task)),
    append: (task, record) =>
      wait()
        .then(() => log.append(task, record))
        .finally(wait),
  }
}

test('3.1, 3.2 two processes that both own every partition, and two merges: each row once', async () => {
  const script: Script[] = [
    [1, 4, 2, null, 15, 3, 'not JSON', 31, 30, 29, 55],
    [2, 12, 11, 44, 45, 8],
  ]
  const pauses = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(pauses, pauses, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), async (mine, yours, rows, others) => {
      const alone = memoryWorld(script)
      await lake(alone, { range: { rows } }).run({ handleSignals: false })
      const world: LakeWorld = memoryWorld(script)
      const process = (turns: readonly number[], size: number) =>
        lake({ ...world, log: slow(world.log, turns) }, { range: { rows: size } }).run({ handleSignals: false })
      await Promise.all([process(mine, rows), process(yours, others)])
      expect(differences(outputsOf(alone.sinks), outputsOf(world.sinks))).toEqual([])
    }),
    { numRuns: 60, interruptAfterTimeLimit: 20_000 },
  )
})

test('3.3 each assignment has an attempt id of its own', async () => {
  const world = memoryWorld([[1, 2, 3, 4]])
  const stop = new AbortController()
  const first = lake(
    { ...world, log: { ...world.log, append: (task, record) => world.log.append(task, record).finally(() => stop.abort()) } },
    { range: { rows: 1 } },
  )
  await first.run({ handleSignals: false, signal: stop.signal })
  await lake(world, { range: { rows: 1 } }).run({ handleSignals: false })
  const attempts = [...(world.log.records.get('memory-0')?.values() ?? [])].map(({ attempt }) => attempt)
  expect(new Set(attempts).size).toBe(2)
})

test('3.3 an append whose answer was lost counts, and nothing is deleted before the log was read again', async () => {
  const world = () => memoryWorld([[1, 2, 3]])
  const pipeline = (parts: LakeWorld) => lake(parts, { range: { rows: 1 } })
  const { steps } = await crashEverywhere({ world, pipeline, crashes: [] })
  const appends = steps.flatMap((step, i) => (step.startsWith('log: append') ? [i + 1] : []))
  expect(appends.length).toBeGreaterThan(4)
  const crashes = appends.map((step) => [{ step, when: 'after' as const, how: 'fault' as const }])
  expect(await crashEverywhere({ world, pipeline, crashes })).toMatchObject({ crashes: appends.length })
})

test('3.5 a zombie that creates a number which was pruned sees the later one: it stops, publishes and deletes nothing', async () => {
  const [log, sink] = [memoryLog(), memorySink<Event>()]
  const [zombie, other] = [await worker('zombie', log, sink), await worker('other', log, sink)]
  for (let n = 0; n < 3; n++) await other.commit(n)
  await log.prune(TASK, 2)
  await expect(zombie.commit(99)).rejects.toMatchObject({ code: 'TASK_LOST', retryable: true })
  expect(log.records.get(TASK)?.get(0)?.attempt).toBe('zombie')
  expect(whoIn(sink)).toEqual([0, 1, 2])
  expect(sink.staged).toHaveLength(1)
  // The next commit of the owner removes what it left.
  await other.commit(3)
  expect([whoIn(sink), sink.staged]).toEqual([[0, 1, 2, 3], []])
})

test('3.6 recovery publishes the head before anything is added to it', async () => {
  const [log, sink] = [memoryLog(), memorySink<Event>()]
  const dead = await worker('dead', log, {
    ...sink,
    open: async (...args) => ({ ...(await sink.open(...args)), publish: () => Promise.reject(new Error('died')) }),
  } as typeof sink)
  await expect(dead.commit(0)).rejects.toThrow('died')
  expect([whoIn(sink), await log.latest(TASK)]).toEqual([[], 0])
  const next = await worker('next', log, sink)
  expect((await next.committer.recover())?.n).toBe(0)
  expect(whoIn(sink)).toEqual([0])
})

test('3.7 a head whose files are gone stops recovery, each time', async () => {
  const [log, sink] = [memoryLog(), memorySink<Event>()]
  const dead = await worker('dead', log, {
    ...sink,
    open: async (...args) => ({ ...(await sink.open(...args)), publish: () => Promise.reject(new Error('died')) }),
  } as typeof sink)
  await expect(dead.commit(0)).rejects.toThrow('died')
  await (await sink.open({ logId: 'x', task: TASK, flow: 'f' }, Event)).sweep({ n: 5, attempt: 'somebody' })
  for (let times = 0; times < 2; times++)
    await expect((await worker(`next${times}`, log, sink)).committer.recover()).rejects.toMatchObject({ code: 'STAGED_LOST' })
})

test('3.8 recovery and every commit sweep with number and attempt of the head', async () => {
  const sweeps: unknown[] = []
  const sink = memorySink<Event>()
  const watched = {
    ...sink,
    open: async (...args: Parameters<typeof sink.open>) => {
      const writer = await sink.open(...args)
      const sweep = (head: { n: number; attempt: string }) => {
        sweeps.push([head.n, head.attempt])
        return writer.sweep(head)
      }
      return { ...writer, sweep }
    },
  } as typeof sink
  const log = memoryLog()
  const a = await worker('a', log, watched)
  await a.commit(0)
  await a.commit(1)
  const b = await worker('b', log, watched)
  await b.committer.recover()
  await b.commit(2)
  expect(sweeps).toEqual([
    [0, 'a'],
    [1, 'a'],
    [1, 'a'],
    [2, 'b'],
  ])
})

test('3.9 pruned below the head, below where the merge is, and below the base of the state; never the newest', async () => {
  const run = async (neededFrom: number, state?: OperatorState) => {
    const log = memoryLog()
    const { commit } = await worker('a', log, memorySink<Event>(), { neededFrom, ...(state && { state }) })
    for (let n = 0; n <= 32; n++) await commit(n)
    const head = await log.head(TASK)
    return { left: numbers(log), base: (head?.body as { state?: { base: number } } | undefined)?.state?.base }
  }
  const upTo32 = (first: number) => Array.from({ length: 33 - first }, (_, i) => first + i)
  // Every change is as big as its base, which is written anew every few records.
  const busy = () => ({ ...memory(), snapshot: () => ({ value: 1, text: 'x'.repeat(6000) }) })
  const free = await run(Number.POSITIVE_INFINITY, busy())
  expect(free.base).toBeGreaterThan(25)
  expect(free.left).toEqual(upTo32(free.base ?? 0))
  expect((await run(7, busy())).left).toEqual(upTo32(7))
  expect((await run(-1, busy())).left).toEqual(upTo32(0))
  // A state that does not change keeps its first base, and all that was built on it.
  expect(await run(Number.POSITIVE_INFINITY)).toEqual({ base: 0, left: upTo32(0) })
})

test('3.10 a commit costs what changed: state is a base and changes, big state lies beside the record', async () => {
  const [log, sink, state] = [memoryLog(), memorySink<Event>(), memory('y'.repeat(400_000))]
  const { commit } = await worker('a', log, sink, { state })
  for (let n = 0; n < 5; n++) {
    state.value = n * 10
    await commit(n)
  }
  const records = [...(log.records.get(TASK)?.values() ?? [])]
  expect(Math.max(...records.map((record) => JSON.stringify(record).length))).toBeLessThan(1000)
  expect(records.map((record) => (record.body as unknown as { state: { base: number; file?: string } }).state)).toMatchObject([
    { base: 0, file: '0-a.json', cuts: {} },
    { base: 0 },
    { base: 0 },
    { base: 0 },
    { base: 0 },
  ])
  const restored = memory()
  await (await worker('b', log, sink, { state: restored })).committer.recover()
  expect(restored.value).toBe(40)
  await log.sweepState(TASK, { n: 5, attempt: 'x' }, [])
  await expect((await worker('c', log, sink, { state: memory() })).committer.recover()).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
})

test('3.12 a task that was beaten keeps nothing: it reads on from the record that won', async () => {
  const [log, sink] = [memoryLog(), memorySink<Event>()]
  const [slowOne, fast] = [await worker('slow', log, sink), await worker('fast', log, sink)]
  await fast.commit(0)
  await expect(slowOne.commit(0)).rejects.toMatchObject({ code: 'TASK_LOST', retryable: true })
  expect(whoIn(sink)).toEqual([0])
  await expect(slowOne.committer.settled()).rejects.toMatchObject({ code: 'TASK_LOST' })
  const again = await worker('again', log, sink)
  expect(await again.committer.recover()).toMatchObject({ n: 0, attempt: 'fast', body: { to: 1 } })
  expect(sink.staged).toEqual([])
})
