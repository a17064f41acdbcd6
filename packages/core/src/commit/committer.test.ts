import { describe, expect, test } from 'vitest'
import { TicketsError } from '../base/errors.ts'
import type { LogRecord } from '../connectors/commit-log.ts'
import { isSweepable } from '../connectors/staged-entry.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { type Committed, Committer, type CommitterOptions } from './committer.ts'
import type { Writers } from './writers.ts'

const TASK = 'tickets-0'
const record = (n: number): LogRecord => ({ n, attempt: 'a', files: { all: { name: 'part' } }, body: { state: { kind: 'base', n, states: {} } } })

/** Recovers record 0 while its files are neither staged nor published. */
async function recover(meanwhile: (log: ReturnType<typeof memoryLog>) => Promise<unknown>): Promise<unknown> {
  const log = memoryLog()
  await log.append(TASK, record(0))
  const publish = async () => {
    await meanwhile(log)
    throw new TicketsError('STAGED_LOST', 'neither staged nor published')
  }
  const writers = { publish } as unknown as Writers
  const committer = new Committer({ log, task: TASK, attempt: 'b', writers, operators: new Map(), neededFrom: async () => 0 })
  return committer.recover().catch((error: unknown) => error)
}

test('3.7, 6.5: files that are gone are an error while their record is the head; once it is not, another process has the task', async () => {
  expect(await recover(async () => {})).toMatchObject({ code: 'STAGED_LOST', retryable: false })
  expect(await recover((log) => log.append(TASK, record(1)))).toMatchObject({ code: 'TASK_LOST', retryable: true })
})

/** A disk, a log, and what happened to them; `faults` names calls that fail once each, before they act, or after with `+`. */
function world({ isAhead = true, neededFrom = async () => Number.POSITIVE_INFINITY } = {}) {
  const memory = memoryLog()
  const events: string[] = []
  const faults: string[] = []
  const staged = new Map<string, { n: number; attempt: string }>()
  const published: number[] = []
  const call = async <R>(name: string, act: () => R | Promise<R>): Promise<R> => {
    const fails = (at: string) => faults[0] === at && faults.shift() !== undefined
    if (fails(name)) throw new Error(`made up: ${name}`)
    const result = await act()
    events.push(name)
    if (fails(`${name}+`)) throw new Error(`made up: ${name}`)
    return result
  }
  const log: CommitterOptions['log'] = {
    ...memory,
    append: (task, one) => call(`append ${one.n}`, () => memory.append(task, one)),
    latest: (task) => call(task === TASK ? 'latest' : `latest of ${task}`, () => memory.latest(task)),
    sweepState: (task, head, kept) => call(`sweepState ${head.n}`, () => memory.sweepState(task, head, kept)),
    prune: (task, below) => call(`prune ${below}`, () => memory.prune(task, below)),
  }
  const writers = {
    stagesAhead: isAhead,
    stage(n: number, attempt: string, { empty }: { empty: boolean }) {
      const files = call(`stage ${n}`, (): LogRecord['files'] => {
        if (!empty) staged.set(`${n}-${attempt}`, { n, attempt })
        return empty ? {} : { all: { name: `${n}-${attempt}`, n } }
      })
      return { files, release: () => {} }
    },
    publish: ({ all }: LogRecord['files']) =>
      call(`publish ${all?.n}`, () => {
        if (!all || published.includes(Number(all.n))) return
        if (!staged.delete(String(all.name))) throw new TicketsError('STAGED_LOST', 'neither staged nor published')
        published.push(Number(all.n))
      }),
    sweep: (head: { n: number; attempt: string }) =>
      call(`sweep ${head.n}`, () => {
        for (const [name, one] of staged) if (isSweepable(one, head)) staged.delete(name)
      }),
  } as unknown as Writers
  let processes = 0
  const open = (more: Pick<CommitterOptions, 'changes' | 'clock'> = {}) =>
    new Committer({ log, task: TASK, attempt: `p${processes++}`, writers, operators: new Map(), neededFrom, ...more })
  return { memory, events, faults, staged, published, open }
}

const cut = (
  committer: Committer,
  { empty = false, after = async () => {} }: { empty?: boolean; after?: (committed: Committed) => Promise<void> } = {},
) => committer.commit({ from: committer.n + 1, to: committer.n + 2, empty } as never, { body: committer.n + 1 }, after)
const turns = () => new Promise((done) => setTimeout(done, 5))

test('1.5 a task whose process does not know of a change stops before it publishes anything; each record says what its writer knew', async () => {
  const { memory, open, published } = world()
  const committer = open()
  cut(committer)
  await committer.settled()
  expect((await memory.head(TASK))?.body).not.toHaveProperty('changes')
  await memory.append('changes', { n: 0, attempt: 'x', files: {}, body: {} })
  // Where it published, it would find nothing that is staged.
  published.splice(0)
  await expect(open().recover()).rejects.toMatchObject({ code: 'PIPELINE_CHANGED' })
  published.push(0)
  const knowing = open({ changes: 1 })
  await knowing.recover()
  cut(knowing)
  await knowing.settled()
  expect((await memory.head(TASK))?.body).toMatchObject({ changes: 1 })
})

describe('a commit', () => {
  test('2.5, 3.6 is staged, recorded, published, announced and swept; the next one is staged meanwhile and recorded only then', async () => {
    const { open, events } = world()
    const committer = open()
    expect([await committer.recover(), committer.n, committer.isBusy]).toEqual([null, -1, false])
    for (const n of [0, 1]) cut(committer, { after: async () => void events.push(`after ${n}`) })
    expect([committer.n, committer.isBusy]).toEqual([1, true])
    await committer.settled()
    const steps = (n: number) => [`append ${n}`, 'latest', `publish ${n}`, `after ${n}`, `sweep ${n}`, `sweepState ${n}`]
    expect(events.filter((event) => !event.startsWith('prune'))).toEqual(['latest of changes', 'stage 0', 'stage 1', ...steps(0), ...steps(1)])
    expect(committer.isBusy).toBe(false)
  })

  test('tells when its steps began and ended', async () => {
    let now = 0
    const { open } = world()
    const committer = open({ clock: { now: () => now++, sleep: async () => {} } })
    const seen: Committed[] = []
    cut(committer, { after: async (committed) => void seen.push(committed) })
    await committer.settled()
    expect(seen).toMatchObject([
      { record: { n: 0 }, steps: { stage: { start: 0, end: 1 }, record: { start: 2, end: 3 }, publish: { start: 3, end: 4 } } },
    ])
  })

  test.each([
    [true, ['stage 0', 'stage 1']],
    [false, ['stage 0']],
  ])('leaves room for the next one while writers that stage ahead (%s) record it', async (isAhead, before) => {
    const { open, events } = world({ isAhead })
    const committer = open()
    let goOn = () => {}
    const held = new Promise<void>((done) => {
      goOn = done
    })
    cut(committer, { after: () => held })
    const second = committer.room().then(() => cut(committer))
    await turns()
    expect(events.filter((event) => event.startsWith('stage'))).toEqual(before)
    goOn()
    await second
    await committer.settled()
    expect(events.filter((event) => event.startsWith('append'))).toEqual(['append 0', 'append 1'])
  })

  test('says whether the last record names files, here and after a recovery', async () => {
    const { open } = world()
    const committer = open()
    for (const empty of [true, false, true, false]) {
      cut(committer, { empty })
      await committer.settled()
      expect(committer.namesFiles).toBe(!empty)
      const next = open()
      await next.recover()
      expect([next.namesFiles, next.n]).toEqual([!empty, committer.n])
    }
  })

  test('3.5 whose number another process has, or that is not the highest, is lost and publishes nothing', async () => {
    for (const other of [0, 3]) {
      const { open, memory, published } = world()
      const committer = open()
      await committer.recover()
      await memory.append(TASK, record(other))
      cut(committer)
      await expect(committer.settled()).rejects.toMatchObject({ code: 'TASK_LOST', retryable: true })
      expect(published).toEqual([])
      expect(() => committer.check()).toThrow(expect.objectContaining({ code: 'TASK_LOST' }))
    }
  })

  test('3.9 prunes now and then what nobody reads, and nothing above', async () => {
    for (const [needed, first] of [
      // The base of the head's state.
      [Number.POSITIVE_INFINITY, 256],
      [10, 10],
    ] as const) {
      const { open, memory, events } = world({ neededFrom: async () => needed })
      const committer = open()
      for (let n = 0; n < 280; n++) {
        cut(committer)
        await committer.settled()
      }
      expect(Math.min(...(memory.records.get(TASK)?.keys() ?? []))).toBe(first)
      expect(events.filter((event) => event.startsWith('prune'))).toHaveLength(18)
    }
  })
})

describe('one passing fault', () => {
  const calls = [
    'stage 1',
    'append 1',
    'append 1+',
    'publish 1',
    'publish 1+',
    'sweep 1',
    'sweep 1+',
    'sweepState 1',
    'prune 0',
    'latest',
    'latest+',
    'latest of changes',
  ]

  test.each(calls)('at %s, and once more after a recovery, is reported; each range is recorded and published once', async (call) => {
    const { open, memory, faults, published, staged } = world()
    faults.push(call, call)
    let told = 0
    for (let process = 0; process < 4 && (await memory.latest(TASK)) < 3; process++) {
      const committer = open()
      try {
        await committer.recover()
        while (committer.n < 3) {
          await committer.room()
          cut(committer)
          await turns()
          committer.check()
        }
        await committer.settled()
      } catch (error) {
        told++
        expect(String(error)).toMatch(/made up/)
        await committer.settled().catch(() => {})
      }
    }
    await open().recover()
    expect(told).toBeGreaterThan(0)
    expect(published).toEqual([0, 1, 2, 3])
    expect([...(memory.records.get(TASK)?.keys() ?? [])].at(-1)).toBe(3)
    expect([...staged.keys()]).toEqual([])
  })

  test('lets nothing that was cut after it be recorded, and frees whoever waits', async () => {
    const { open, memory, faults } = world()
    faults.push('append 0')
    const committer = open()
    await committer.recover()
    for (let n = 0; n < 3; n++) cut(committer)
    await expect(committer.settled()).rejects.toThrow('made up: append 0')
    await expect(committer.room()).rejects.toThrow('made up: append 0')
    expect([await memory.latest(TASK), committer.isBusy]).toEqual([-1, false])
    expect(() => committer.check()).toThrow('made up: append 0')
  })
})
