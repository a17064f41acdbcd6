import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { Event, messages } from '../../../test/lake.ts'
import { Batch } from '../../batch/batch.ts'
import type { Reader, Source } from '../../connectors/source.ts'
import { jsonLines } from '../../node/json-lines/json-lines.ts'
import { generator } from '../../tickets/generator/generator.ts'
import { memorySource } from '../memory-source.ts'
import type { Case } from './case.ts'
import { failing } from './failing.fixture.ts'
import { sourceContract } from './source-contract.ts'

const folders: string[] = []
afterAll(async () => {
  for (const path of folders) await rm(path, { recursive: true, force: true })
})
afterEach(() => vi.useRealTimers())

const apply = (what: string, cases: readonly Case[]) =>
  describe(what, () => {
    for (const { name, run } of cases) test(name, run)
  })

const script = [1, 2, null, 3, 'not JSON', 5, 4, null, null, 9, 20, 21, 22, null]
const partitions = () => [messages(script), messages([]), messages([7])]
const right = () => memorySource({ schema: Event, partitions: partitions(), chunk: 5 })

apply('memorySource', sourceContract({ make: async () => ({ open: right, beyond: 99 }) }))
apply('generator', sourceContract({ make: async () => ({ open: () => generator({ tickets: 50, partitions: 2, seed: 7 }), beyond: 26 }) }))
for (const complete of [true, false]) {
  apply(
    `jsonLines, complete: ${complete}`,
    sourceContract({
      make: async () => {
        const folder = await mkdtemp(join(tmpdir(), 'contract-'))
        folders.push(folder)
        const path = join(folder, 'events.jsonl')
        const lines = messages(script).map(({ value }) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(value ?? undefined))
        await writeFile(path, `${lines.join('\n\n')}\n`)
        return { open: () => jsonLines(path, { schema: Event, complete }), beyond: 1e6 }
      },
    }),
  )
}

/** A source that keeps all promises, but for what `change` replaces. */
const cases = (change: (source: Source<Event>) => Partial<Source<Event>>) =>
  sourceContract({
    make: async () => {
      const source = right()
      return { open: () => ({ ...source, ...change(source) }), beyond: 99 }
    },
  })

/** The same for what its readers do. */
const reading = (change: (reader: Reader<Event, number>, from: number) => Partial<Reader<Event, number>>) =>
  cases(({ open }) => ({
    open: async (partition, from, options) => {
      const reader = await open(partition, from, options)
      return { ...reader, ...change(reader, from) }
    },
  }))

/** The chunk that a read gives, changed. */
const chunks = (change: (chunk: Exclude<Awaited<ReturnType<Reader<Event, number>['read']>>, 'end'>) => object) =>
  reading(({ read }) => ({
    read: async (max) => {
      const chunk = await read(max)
      return chunk === 'end' ? chunk : { ...chunk, ...change(chunk) }
    },
  }))

const first = (source: Source<Event>, change: object) => ({
  describe: async () => {
    const info = await source.describe()
    return { ...info, partitions: info.partitions.map((one, p) => (p === 0 ? { ...one, ...change } : one)) }
  },
})

const TELLS = 'it tells its partitions'
const LAW_2 = 'law 2: chunks of any size'
const LAW_7 = 'law 7: resuming at any position'

describe('finds a source', () => {
  test.each<[string, readonly Case[], readonly string[]]>([
    ['whose ids are no names of files', cases((source) => first(source, { id: 'memory/0' })), [TELLS]],
    ['whose ids do not begin with the topic', cases((source) => first(source, { id: 'other-0' })), [TELLS]],
    ['with one id for two partitions', cases((source) => first(source, { id: 'memory-1' })), [TELLS]],
    [
      'that assigns what it does not describe',
      cases(() => ({
        partitions: async (on) => {
          on.assigned(['memory-9'])
          return { close: async () => {} }
        },
      })),
      [TELLS],
    ],
    ['whose positions are no JSON', cases((source) => first(source, { earliest: Number.NaN })), [TELLS]],
    [
      'that opens any partition',
      cases(({ open }) => ({ open: (partition, ...more) => open(partition.startsWith('memory') ? partition : 'memory-1', ...more) })),
      ['a partition that does not exist is refused'],
    ],
    [
      'that waits at a position that is not there',
      cases(({ open }) => ({ open: (partition, from, options) => open(partition, Math.min(from, 13), options) })),
      ['a position that is not there yet is refused'],
    ],
    [
      'that reads on beyond `to`',
      cases(({ open }) => ({ open: (partition, from, { to: _, ...options }) => open(partition, from, options) })),
      ['law 7: so does a `to` in the middle'],
    ],
    [
      'that stops at its last message, before `to`',
      reading(({ read }) => {
        let last = 0
        return {
          read: async (max) => {
            const chunk = await read(max)
            if (chunk === 'end') return chunk
            last = chunk.batch.length + chunk.rejected.length > 0 ? chunk.position - 1 : last
            return { ...chunk, position: last }
          },
        }
      }),
      ['it reads up to `to`'],
    ],
    ['that returns more rows than it may', reading(({ read }) => ({ read: (max) => read({ ...max, rows: 1000 }) })), [LAW_2]],
    ['that loses a row between two chunks', chunks(({ position }) => ({ position: Math.min(position + 1, 13) })), [LAW_7]],
    ['that returns a row twice', chunks(({ position }) => ({ position: Math.max(0, position - 1) })), [LAW_7]],
    [
      'that swallows what it rejects when chunks are small',
      reading(({ read }) => ({
        read: async (max) => {
          const chunk = await read(max)
          return chunk === 'end' || max.rows > 3 ? chunk : { ...chunk, rejected: [] }
        },
      })),
      [LAW_2],
    ],
    [
      'that begins again where it was opened',
      reading(({ read }, from) => {
        let isFirst = true
        return {
          read: async (max) => {
            const chunk = await read(max)
            if (chunk === 'end' || !isFirst || from === 0) return chunk
            isFirst = false
            return { ...chunk, rejected: [{ offset: from, value: null, reason: 'again' }, ...chunk.rejected] }
          },
        }
      }),
      [LAW_7],
    ],
    [
      'that has more after its end',
      reading(({ read }) => {
        let isOver = false
        return {
          read: async (max) => {
            if (isOver) return { batch: Batch.of(Event, []), rejected: [], position: 13, lag: 0 }
            const chunk = await read(max)
            isOver = chunk === 'end'
            return chunk
          },
        }
      }),
      ['it reads up to `to`'],
    ],
    ['that always lags', chunks(() => ({ lag: 1 })), ['`lag` is 0 at the end']],
    ['that never lags', chunks(() => ({ lag: 0 })), ['`lag` is 0 at the end']],
    [
      'that moves on when it is told of a commit',
      reading(({ read }) => {
        let skip = 0
        return {
          commit: async () => {
            skip = 1
          },
          read: async (max) => {
            if (skip-- > 0) await read({ ...max, rows: 1 })
            return read(max)
          },
        }
      }),
      ['telling it what is committed is harmless'],
    ],
  ])('%s', async (_what, wrong, expected) => {
    const names = await failing(wrong)
    for (const start of expected) expect(names.filter((name) => name.startsWith(start))).toHaveLength(1)
  })

  test('that takes as long as it likes after its signal aborts', async () => {
    vi.useFakeTimers()
    const slow = reading(() => ({ read: (max) => new Promise((done) => setTimeout(() => done('end'), max.ms)) }))
    const one = slow.filter(({ name }) => name.startsWith('a read returns at once'))
    const names = failing(one)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await names).toHaveLength(1)
  })

  test('that assigns nothing', async () => {
    vi.useFakeTimers()
    const silent = cases(() => ({ partitions: async () => ({ close: async () => {} }) }))
    const failed = expect(silent[0]?.run()).rejects.toThrow('nothing was assigned within 30000 ms')
    await vi.advanceTimersByTimeAsync(30_000)
    await failed
  })

  test('that cannot join', async () => {
    const broken = cases(() => ({
      partitions: async (on) => {
        on.failed(new Error('no group'))
        return { close: async () => {} }
      },
    }))
    await expect(broken[0]?.run()).rejects.toThrow('no group')
  })
})

test('closes what it opened, whether a case passes or fails', async () => {
  const closed: string[] = []
  const make = async () => {
    const source = right()
    const partitionsOf: typeof source.partitions = async (on) => {
      await source.partitions(on)
      return { close: async () => void closed.push('assignment') }
    }
    return { open: () => ({ ...source, partitions: partitionsOf }), close: async () => void closed.push('world') }
  }
  const all = sourceContract({ make })
  await all[0]?.run()
  const broken = sourceContract({
    make: async () => ({ ...(await make()), open: () => ({ ...right(), ...first(right(), { id: '/' }) }) }),
  })
  await expect(broken[0]?.run()).rejects.toThrow()
  expect(closed).toEqual(['assignment', 'world', 'world'])
})
