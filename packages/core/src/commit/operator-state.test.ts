import { expect, test } from 'vitest'
import type { Json } from '../base/json.ts'
import type { OperatorState } from '../records/operator-state-record.ts'
import { memoryLog } from '../testing/memory-log.ts'
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
