import { type Batch, type Sink, TicketsError } from '@tickets/core'
import { memorySink, sinkContract } from '@tickets/core/testing'
import { describe, expect, it } from 'vitest'
import { at, type ByType, batchOf, byType, range, windowOf } from '../../test/windows.ts'
import { type Tap, tappedSink, Waiting, type Watcher } from './tapped-sink.ts'

/** A watcher that keeps the rows. */
class Rows implements Watcher<ByType, ByType[]> {
  readonly waiting = new Waiting<ByType[]>()
  readonly shown: ByType[] = []
  readonly refusals: number[] = []
  failures = 0
  begin(): ByType[] {
    return []
  }
  add(held: ByType[], batch: Batch<ByType>): void {
    held.push(...batch)
  }
  show(held: ByType[]): void {
    this.shown.push(...held)
  }
  refused(count: number): void {
    this.refusals.push(count)
  }
  failed(): void {
    this.failures += 1
  }
}

const tapOf = (watcher: Rows): Tap<ByType, ByType[]> => ({ open: () => watcher })
const tapped = (watcher = new Rows(), sink: Sink<ByType> = memorySink<ByType>()) => ({ watcher, sink: tappedSink(sink, tapOf(watcher)) })

describe('a tapped sink is a sink', () => {
  const contract = sinkContract<ByType>({
    schema: byType,
    row: (i) => windowOf(i, { tickets: i }),
    make: async () => {
      const inner = memorySink<ByType>()
      return {
        open: () => tapped(new Rows(), inner).sink,
        visible: async () => (inner.files.size === 0 ? null : inner.rows),
        staged: async () => inner.staged,
      }
    },
  })
  it.each(contract)('$name', ({ run }) => run())
})

it('has what the sink has, with its own this', async () => {
  class Own {
    readonly #place = 'here'
    readonly target = 'own'
    readonly format = 'parquet'
    async place() {
      return this.#place
    }
    version(version: number): Sink<ByType> {
      return memorySink<ByType>(`${this.#place}.v${version}`)
    }
    open: Sink<ByType>['open'] = memorySink<ByType>().open
  }
  const { sink } = tapped(new Rows(), new Own())
  expect([sink.target, sink.format, await sink.place?.(), sink.version?.(2).target]).toEqual(['own', 'parquet', 'here', 'memory:here.v2'])
  expect(Object.keys(sink).sort()).toEqual(['check', 'format', 'open', 'place', 'target', 'version'])
})

it('shows a range when it is visible, and once', async () => {
  const { watcher, sink } = tapped()
  const writer = await sink.open(at, byType)
  await writer.write(batchOf(windowOf(0)))
  const staging = writer.stage(0, 'a', range)
  await writer.write(batchOf(windowOf(1)))
  const staged = await staging
  expect(watcher.shown).toEqual([])
  await writer.publish(staged ?? {})
  await writer.publish(staged ?? {})
  expect(watcher.shown).toEqual([windowOf(0)])
})

it('shows what the writer before has staged, read from the log', async () => {
  const { watcher, sink } = tapped()
  const first = await sink.open(at, byType)
  await first.write(batchOf(windowOf(0)))
  const staged = await first.stage(0, 'a', range)
  await first.close()
  const second = await sink.open(at, byType)
  await second.publish(JSON.parse(JSON.stringify(staged)))
  expect(watcher.shown).toEqual([windowOf(0)])
})

it('shows nothing of a range that could not be published, until it could', async () => {
  let isBusy = true
  const inner = memorySink<ByType>()
  const { watcher, sink } = tapped(new Rows(), {
    ...inner,
    open: async (...given) => {
      const writer = await inner.open(...given)
      return {
        ...writer,
        async publish(staged) {
          if (isBusy) throw new TicketsError('SINK_FAILED', 'busy', { retryable: true })
          await writer.publish(staged)
        },
      }
    },
  })
  const writer = await sink.open(at, byType)
  await writer.write(batchOf(windowOf(0)))
  const staged = (await writer.stage(0, 'a', range)) ?? {}
  await expect(writer.publish(staged)).rejects.toThrow('busy')
  expect(watcher.shown).toEqual([])
  isBusy = false
  await writer.publish(staged)
  expect(watcher.shown).toHaveLength(1)
})

it.each(['begin', 'add', 'show'] as const)('writes all the same when %s throws, and calls the watcher no more', async (method) => {
  const watcher = new Rows()
  watcher[method] = () => {
    throw new Error('no')
  }
  const inner = memorySink<ByType>()
  const writer = await tapped(watcher, inner).sink.open(at, byType)
  for (const n of [0, 1]) {
    await writer.write(batchOf(windowOf(n)))
    await writer.publish((await writer.stage(n, 'a', range)) ?? {})
  }
  expect(inner.rows).toHaveLength(2)
  expect([watcher.failures, watcher.shown]).toEqual([1, []])
})

it('writes all the same when the watcher cannot be opened', async () => {
  const inner = memorySink<ByType>()
  const sink = tappedSink<ByType, never>(inner, {
    open: () => {
      throw new Error('no')
    },
  })
  const writer = await sink.open(at, byType)
  await writer.write(batchOf(windowOf(0)))
  await writer.publish((await writer.stage(0, 'a', range)) ?? {})
  expect(inner.rows).toHaveLength(1)
})

it('passes refused rows on, and says how many', async () => {
  const refused = [{ reason: 'too wide', key: null, value: '{}' }]
  const inner = memorySink<ByType>()
  const open: Sink<ByType>['open'] = async (...given) => ({ ...(await inner.open(...given)), write: async () => refused })
  const { watcher, sink } = tapped(new Rows(), { ...inner, open })
  expect(await (await sink.open(at, byType)).write(batchOf(windowOf(0)))).toBe(refused)
  expect(watcher.refusals).toEqual([1])
})

it('keeps four staged ranges of a task at the most', () => {
  const waiting = new Waiting<number>()
  for (let n = 0; n < 6; n++) waiting.put('t-0', { n }, n)
  waiting.put('t-1', { n: 0 }, 10)
  expect([0, 1, 2, 5].map((n) => waiting.take('t-0', { n }))).toEqual([undefined, undefined, 2, 5])
  expect(waiting.take('t-1', { n: 0 })).toBe(10)
  expect(waiting.take('t-0', { n: 5 })).toBeUndefined()
})
