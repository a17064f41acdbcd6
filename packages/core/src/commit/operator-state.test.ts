import { expect, test } from 'vitest'
import { Event, messages, Numbered } from '../../test/lake.ts'
import type { Json } from '../base/json.ts'
import { Batch } from '../batch/batch.ts'
import { into } from '../operators/into.ts'
import { statefulOperator } from '../operators/stateful-operator.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import type { OperatorState } from '../records/operator-state-record.ts'
import { crashEverywhere } from '../testing/crash-everywhere.ts'
import type { Crash } from '../testing/crasher.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { type StateSnapshot, TaskState } from './operator-state.ts'

const TASK = 'tickets-0'

/** An operator whose whole state is too big for a record, and whose changes are one number. */
class Sums implements OperatorState {
  readonly id = 'sums'
  readonly version = 1
  big = ''
  sum = 0
  #added = 0
  add(n: number) {
    this.sum += n
    this.#added += n
  }
  rangeEnd() {}
  snapshot(whole: boolean): Json {
    const added = this.#added
    this.#added = 0
    return whole ? { big: this.big, sum: this.sum } : { added }
  }
  restore(cut: Json) {
    const { big, sum, added = 0 } = cut as { big?: string; sum?: number; added?: number }
    this.big = big ?? this.big
    this.sum = (sum ?? this.sum) + added
  }
}

test('3.10 a task recovers again and again, each sweep keeping the state that its records name', async () => {
  const log = memoryLog()
  const open = (attempt: string) => {
    const sums = new Sums()
    return { sums, attempt, keeper: new TaskState(log, TASK, attempt, new Map([['sums', sums]])) }
  }
  const commit = async ({ keeper, attempt }: ReturnType<typeof open>, n: number) => {
    const cut: StateSnapshot = keeper.snapshot(n)
    await keeper.save(cut)
    await log.append(TASK, { n, attempt, files: {}, body: { state: JSON.parse(JSON.stringify(cut.saved)) as Json } })
    await log.sweepState(TASK, { n, attempt }, cut.kept)
  }
  const recover = async (attempt: string) => {
    const opened = open(attempt)
    const head = await log.head(TASK)
    await opened.keeper.restore(head?.n ?? -1, (JSON.parse(JSON.stringify(head?.body)) as { state: StateSnapshot['saved'] }).state)
    await log.sweepState(TASK, { n: head?.n ?? -1, attempt: head?.attempt ?? '' }, opened.keeper.kept)
    return opened
  }
  const first = open('a')
  first.sums.big = 'x'.repeat(300_000)
  first.sums.add(1)
  await commit(first, 0)
  for (let n = 1; n < 5; n++) {
    const next = await recover(`b${n}`)
    expect([next.sums.sum, next.sums.big.length]).toEqual([n, 300_000])
    next.sums.add(1)
    await commit(next, n)
    expect(next.keeper.kept).toEqual(['0-a.json'])
  }
})

test('3.10 a new base is written once the changes have outgrown the old one, in the process that recovered as well', async () => {
  const log = memoryLog()
  const even: OperatorState = { id: 'even', version: 1, rangeEnd() {}, snapshot: () => 'x'.repeat(6000), restore() {} }
  const open = () => new TaskState(log, TASK, 'a', new Map([['even', even]]))
  const bases = async (state: TaskState, numbers: readonly number[]) => {
    const found: number[] = []
    for (const n of numbers) {
      const { saved } = state.snapshot(n)
      found.push(saved.base)
      await log.append(TASK, { n, attempt: 'a', files: {}, body: { state: JSON.parse(JSON.stringify(saved)) as Json } })
    }
    return found
  }
  expect(await bases(open(), [0, 1, 2])).toEqual([0, 0, 0])
  const recovered = open()
  await recovered.restore(2, { base: 0, cuts: {} })
  expect(await bases(recovered, [3, 4, 5, 6, 7, 8, 9])).toEqual([0, 4, 4, 4, 4, 8, 8])
})

/** Numbers its rows, and remembers more than a record holds. */
const numbering = () =>
  statefulOperator<Event, Numbered, { seen: number; text: string }>({
    id: 'numbered',
    init: () => ({ seen: 0, text: 'x'.repeat(300_000) }),
    onBatch: (state, batch) =>
      Batch.of(
        Numbered,
        batch.toArray().map(({ at, who }) => ({ at, who, number: ++state.seen })),
      ),
    snapshot: ({ seen, text }) => ({ seen, text }),
    restore: (saved) => saved as { seen: number; text: string },
  })

test('3.10 state beside the records outlasts a crash, and a crash at each step of the process that recovered', { timeout: 120_000 }, async () => {
  const trace = (crashes: Iterable<readonly Crash[]>) =>
    crashEverywhere({
      world: () => ({
        source: memorySource({ schema: Event, partitions: [messages([1, 2, 3, 4, 5, 6])], chunk: 1 }),
        log: memoryLog(),
        sinks: { numbered: memorySink<Numbered>('numbered') },
      }),
      pipeline: ({ source, log, sinks }) =>
        pipeline({
          name: 'numbering',
          source,
          log,
          clock: quickClock,
          range: { rows: 2 },
          flows: (events) => ({ numbered: events.pipe(numbering(), into(sinks.numbered)) }),
        }),
      crashes,
    })
  const { steps } = await trace([])
  expect(steps.some((step) => step.startsWith('log: put state'))).toBe(true)
  const first: Crash = { step: steps.findIndex((step) => step.includes('append memory-0/0')) + 1, when: 'after' }
  const next = steps.flatMap((step, i): Crash[] => (/append|sweep|publish|put state/.test(step) ? [{ step: i + 1, when: 'after' }] : []))
  const { crashes } = await trace(next.map((second) => [first, second]))
  expect(crashes).toBeGreaterThan(next.length)
})

test('the size of the state is that of the last whole snapshot and the changes since, in bytes', async () => {
  const sums = new Sums()
  const state = new TaskState(memoryLog(), TASK, 'a', new Map([['sums', sums]]))
  sums.big = 'é'
  state.snapshot(0)
  const whole = Buffer.byteLength('{"sums":{"version":1,"cut":{"big":"é","sum":0}}}')
  expect(state.bytes).toBe(whole)
  state.snapshot(1)
  expect(state.bytes).toBe(whole + Buffer.byteLength('{"sums":{"version":1,"cut":{"added":0}}}'))
})
