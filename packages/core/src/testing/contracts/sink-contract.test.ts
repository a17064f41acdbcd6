import { describe, expect, test } from 'vitest'
import { Event } from '../../../test/lake.ts'
import type { Sink, Writer } from '../../connectors/sink.ts'
import { isSweepable } from '../../connectors/staged-entry.ts'
import { memorySink } from '../memory-sink.ts'
import { failing } from './failing.fixture.ts'
import { sinkContract } from './sink-contract.ts'

const row = (i: number): Event => ({ at: new Date(i * 1000), kind: 'a', who: i })

describe('memorySink', () => {
  const make = async () => {
    const sink = memorySink<Event>()
    return { open: () => sink, visible: async () => (sink.files.size === 0 ? null : sink.rows), staged: async () => sink.staged }
  }
  for (const { name, run } of sinkContract<Event>({ schema: Event, row, make })) test(name, run)
})

/** What a sink keeps on its place: `<task>/<n>/<attempt>` → rows. */
interface Place {
  readonly staged: Map<string, Event[]>
  readonly visible: Map<string, Event[]>
}

/** What a writer has: its task, and the rows since the last `stage`. */
interface Mine {
  readonly task: string
  held: Event[]
}

type Change = (place: Place, mine: Mine, right: Writer<Event>) => Partial<Writer<Event>>

/** A sink that keeps all promises, but for what `change` replaces. */
const cases = (change: Change = () => ({}), twoPhase = true) =>
  sinkContract<Event>({
    schema: Event,
    row,
    twoPhase,
    make: async () => {
      const place: Place = { staged: new Map(), visible: new Map() }
      const open: Sink<Event>['open'] = async ({ task }) => {
        const mine: Mine = { task, held: [] }
        const right: Writer<Event> = {
          async write(batch) {
            mine.held.push(...batch.toArray())
          },
          async stage(n, attempt, { empty }) {
            const rows = mine.held
            mine.held = []
            if (rows.length === 0 && !empty) return null
            const name = `${task}/${n}/${attempt}`
            place.staged.set(name, rows)
            return { name }
          },
          async publish(staged) {
            const name = staged.name as string
            const rows = place.staged.get(name) ?? place.visible.get(name)
            if (!rows) throw new Error(`${name} is lost`)
            place.visible.set(name, rows)
            place.staged.delete(name)
          },
          async sweep(head) {
            for (const name of [...place.staged.keys()]) {
              const [of, n, attempt = ''] = name.split('/')
              if (of === task && isSweepable({ n: Number(n), attempt }, head)) place.staged.delete(name)
            }
          },
          async close() {},
        }
        return { ...right, ...change(place, mine, right) }
      }
      return {
        open: () => ({ target: null, open }),
        visible: async () => (place.visible.size === 0 ? null : [...place.visible.values()].flat()),
        staged: async () => [...place.staged.keys()],
      }
    },
  })

test('passes a sink that keeps all promises', async () => {
  expect(await failing(cases())).toEqual([])
})

describe('finds a sink', () => {
  test.each<[string, Change, readonly string[]]>([
    [
      'that loses the rows of its last batch',
      (_place, _mine, { stage, write }) => {
        let open: Parameters<typeof write>[0] | null = null
        return {
          write: async (batch) => {
            if (open) await write(open)
            open = batch.length > 0 ? batch : open
          },
          stage,
        }
      },
      ['rows written, staged and published are there, once'],
    ],
    [
      'that cuts only when it gets to it',
      (_place, _mine, { stage }) => ({ stage: (...at) => Promise.resolve().then(() => stage(...at)) }),
      ['2.5 `stage` cuts at once'],
    ],
    [
      'that stages a range without rows',
      (_place, _mine, { stage }) => ({ stage: (n, attempt, range) => stage(n, attempt, { ...range, empty: true }) }),
      ['a range without rows stages nothing'],
    ],
    [
      'that stages no empty dataset',
      (_place, _mine, { stage }) => ({ stage: (n, attempt, range) => stage(n, attempt, { ...range, empty: false }) }),
      ['7.3 an empty range'],
    ],
    [
      'that publishes anew each time',
      (place) => ({
        publish: async (staged) => {
          const rows = place.staged.get(staged.name as string)
          if (!rows) throw new Error('lost')
          place.visible.set(`${staged.name} ${place.visible.size}`, rows)
        },
      }),
      ['3.7 publishing again', 'two that publish one record at once'],
    ],
    [
      'that fails where another one has published already',
      (place, _mine, { publish }) => ({
        publish: async (staged) => {
          if (place.visible.has(staged.name as string)) throw new Error('it is there')
          await publish(staged)
        },
      }),
      ['3.7 publishing again', '3.7 published and swept long ago', 'two that publish one record at once'],
    ],
    [
      'that takes what is lost for done',
      (_place, _mine, { publish }) => ({ publish: (staged) => publish(staged).catch(() => {}) }),
      ['3.7 staged and published both missing', '3.8 a sweep removes'],
    ],
    [
      'that shows rows when they are staged',
      (place, mine, { stage }) => ({
        stage: async (n, attempt, range) => {
          const staged = await stage(n, attempt, range)
          const name = `${mine.task}/${n}/${attempt}`
          if (staged) place.visible.set(name, place.staged.get(name) ?? [])
          return staged
        },
      }),
      ['nothing is visible before it is published', 'a new attempt at a range'],
    ],
    [
      'that shows what is staged when it is closed',
      (place) => ({
        close: async () => {
          for (const [name, rows] of place.staged) place.visible.set(name, rows)
        },
      }),
      ['nothing is visible before it is published'],
    ],
    [
      'whose staging goes with its process',
      (place, mine) => ({
        close: async () => {
          for (const name of [...place.staged.keys()]) if (name.startsWith(`${mine.task}/`)) place.staged.delete(name)
        },
      }),
      ['what is staged outlives its process'],
    ],
    [
      'that names what it stages by number alone',
      (place, mine) => ({
        stage: async (n) => {
          const rows = mine.held
          mine.held = []
          if (rows.length === 0) return null
          place.staged.set(`${mine.task}/${n}/any`, rows)
          return { name: `${mine.task}/${n}/any` }
        },
      }),
      ['3.11 two attempts at one number'],
    ],
    [
      'that names what it stages without its task',
      (place, mine) => ({
        stage: async (n, attempt) => {
          const rows = mine.held
          mine.held = []
          if (rows.length === 0) return null
          place.staged.set(`any/${n}/${attempt}`, rows)
          return { name: `any/${n}/${attempt}` }
        },
      }),
      ['tasks write beside each other'],
    ],
    ['that never sweeps', () => ({ sweep: async () => {} }), ['3.8 a sweep removes', '3.11 two attempts', 'a new attempt at a range']],
    [
      'that sweeps all of its task',
      (place, mine) => ({
        sweep: async () => {
          for (const name of [...place.staged.keys()]) if (name.startsWith(`${mine.task}/`)) place.staged.delete(name)
        },
      }),
      ['3.8 a sweep removes'],
    ],
    [
      "that sweeps another task's",
      (place) => ({
        sweep: async (head) => {
          for (const name of [...place.staged.keys()]) {
            const [, n, attempt = ''] = name.split('/')
            if (isSweepable({ n: Number(n), attempt }, head)) place.staged.delete(name)
          }
        },
      }),
      ['3.8 a sweep removes'],
    ],
    [
      'that sweeps what is visible',
      (place, _mine, { sweep }) => ({
        sweep: async (head) => {
          await sweep(head)
          for (const name of [...place.visible.keys()]) if (Number(name.split('/')[1]) < head.n) place.visible.delete(name)
        },
      }),
      ['3.7 published and swept long ago'],
    ],
  ])('%s', async (_what, change, expected) => {
    const names = await failing(cases(change))
    for (const start of expected) expect(names.filter((name) => name.startsWith(start))).toHaveLength(1)
  })
})

test('asks no sink for what only two phases can promise', async () => {
  const names = (twoPhase: boolean) => cases(undefined, twoPhase).map(({ name }) => name)
  expect(names(true)).toEqual(expect.arrayContaining(names(false)))
  expect(names(false)).not.toContain('nothing is visible before it is published, whatever dies')
  expect(names(false)).toContain('3.7 publishing again, from a record and by another process, changes nothing')
})
