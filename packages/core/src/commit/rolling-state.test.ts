import { expect, test } from 'vitest'
import type { Json } from '../base/json.ts'
import type { LogRecord } from '../connectors/commit-log.ts'
import { type OperatorState, readOperatorState, unchangedState } from '../records/operator-state-record.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { TaskState } from './operator-state.ts'

const TASK = 'tickets-0'
const PARTS = 5

/** Numbers by place, of which each snapshot holds one part in five and those that changed; and beside it an operator that writes all of its state. */
function operators(size: number) {
  const values = new Int32Array(size)
  const changed = new Set<number>()
  let part = 0
  const rolling: OperatorState = {
    id: 'rolling',
    version: 1,
    rangeEnd() {},
    snapshot: () => null,
    restore() {
      throw new Error('it has no snapshots')
    },
    rolling: {
      snapshot() {
        const places = new Set([...changed, ...[...values.keys()].filter((place) => place % PARTS === part)])
        part = (part + 1) % PARTS
        changed.clear()
        const bytes = new Uint8Array(Int32Array.from([part, ...[...places].flatMap((place) => [place, values[place] as number])]).buffer)
        return { bytes, endsRound: part === 0 }
      },
      restore(bytes) {
        const [next, ...pairs] = new Int32Array(bytes.slice().buffer)
        part = next as number
        for (let i = 0; i < pairs.length; i += 2) values[pairs[i] as number] = pairs[i + 1] as number
      },
    },
  }
  let sum = 0
  const whole: OperatorState = {
    id: 'whole',
    version: 1,
    rangeEnd() {},
    snapshot: () => sum,
    restore(snapshot) {
      sum = Number(snapshot)
    },
  }
  const change = (place: number, value: number) => {
    values[place] = value
    changed.add(place)
    sum += value
  }
  return { map: new Map([rolling, whole].map((one) => [one.id, one])), change, values, sum: () => sum }
}

test.each([
  ['in records', 40, 'rolling', [0, 0, 0, 0, 0, 5, 5, 5], 15],
  ['in files beside them', 100_000, 'rolling', [0, 0, 0, 0, 0, 5, 5, 5], 15],
  ['beside state that is written as a whole', 40, 'both', [0, 0, 0, 0, 0, 0, 0, 0], 0],
])('3.10 rolling state %s survives restarts, and pruning and sweeping of what is not needed', async (_where, size, which, early, last) => {
  const log = memoryLog()
  const expected = new Int32Array(size)
  let sum = 0
  let bases: number[] = []
  for (let run = 0, n = 0; run < 8; run++) {
    const attempt = `run${run}`
    const made = operators(size)
    if (which === 'rolling') made.map.delete('whole')
    const state = new TaskState(log, TASK, attempt, made.map)
    const head = await log.head(TASK)
    if (head) await state.restore(head.n, (head.body as { state: never }).state)
    expect(made.values).toEqual(expected)
    if (which === 'both') expect(made.sum()).toBe(sum)
    // Fewer records a run than a round has parts: rounds continue over restarts.
    for (let step = 0; step < 3; step++, n++) {
      const place = (n * 7) % size
      made.change(place, n)
      expected[place] = n
      sum += n
      const cut = state.snapshot(n)
      await state.save(cut)
      await log.append(TASK, { n, attempt, files: {}, body: { state: JSON.parse(JSON.stringify(cut.saved)) as Json } })
      await log.sweepState(TASK, { n, attempt }, cut.kept)
      await log.prune(TASK, cut.saved.base)
      bases = [...bases, cut.saved.base]
      expect(cut.kept.length > 0).toBe(size > 1000)
    }
    expect(state.bytes).toBeGreaterThan(size)
  }
  // Each round is needed until the next one is whole.
  expect(bases.slice(4, 12)).toEqual(early)
  expect(bases.at(-1)).toBe(last)
})

test('a record that changes nothing keeps what is needed of rolling state', async () => {
  const log = memoryLog()
  const made = operators(40)
  const state = new TaskState(log, TASK, 'a', made.map)
  for (let n = 0; n < 7; n++) {
    made.change(n, n)
    await log.append(TASK, { n, attempt: 'a', files: {}, body: { state: state.snapshot(n).saved as never } })
  }
  const head = await log.head(TASK)
  await log.append(TASK, { n: 7, attempt: 'b', files: {}, body: { state: unchangedState(head, 7) as never } })
  const again = operators(40)
  const fence = readOperatorState((await log.head(TASK)) as LogRecord)
  await new TaskState(log, TASK, 'c', again.map).restore(7, fence)
  expect([again.values, again.sum()]).toEqual([made.values, made.sum()])
  expect(unchangedState(null, 3)).toEqual({ base: 3, cuts: {} })
})

test('rolling state of a flow that is gone is needed no more, and that of an unknown operator is refused', async () => {
  const log = memoryLog()
  const made = operators(40)
  const named = (name: string) => new Map([[name, made.map.get('rolling') as OperatorState]])
  const saved = new TaskState(log, TASK, 'a', named('old/totals')).snapshot(0).saved
  await log.append(TASK, { n: 0, attempt: 'a', files: {}, body: { state: saved as never } })
  await expect(new TaskState(log, TASK, 'b', new Map()).restore(0, saved)).rejects.toMatchObject({ code: 'PIPELINE_CHANGED' })
  const state = new TaskState(log, TASK, 'b', named('new/totals'), new Set(['old']))
  await state.restore(0, saved)
  expect(state.snapshot(1).saved).toMatchObject({ base: 1, rolling: { 'new/totals': { since: 1 } } })
})
