import {
  catchError,
  EMPTY,
  type MonoTypeOperatorFunction,
  map,
  merge,
  NEVER,
  type Observable,
  of,
  onErrorResumeNextWith,
  repeat,
  retry,
  share,
  switchMap,
  take,
  tap,
} from 'rxjs'
import { describe, expect, test } from 'vitest'
import { Event, messages } from '../../test/lake.ts'
import { count } from '../aggregate/count.ts'
import type { Batch } from '../batch/batch.ts'
import { filterRows } from '../operators/filter-rows.ts'
import { into } from '../operators/into.ts'
import { mapAsync } from '../operators/map-async.ts'
import { mapRows } from '../operators/map-rows.ts'
import { statefulOperator } from '../operators/stateful-operator.ts'
import { windowed } from '../operators/windowed.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { tumbling } from '../window/tumbling.ts'

type Events = Observable<Batch<Event>>
type Operator = MonoTypeOperatorFunction<Batch<Event>>

/** Eight rows in four ranges; the flows are `f`, and `g`, which takes all that `f` may share with it. */
async function run(build: (events: Events) => { f: Events; g?: Events }) {
  const [f, g, log] = [memorySink<Event>('f'), memorySink<Event>('g'), memoryLog()]
  const source = memorySource({ schema: Event, partitions: [messages([1, 2, 3, 4, 5, 6, 7, 8])], chunk: 1 })
  const flows = (events: Events) => {
    const built = build(events)
    return { f: built.f.pipe(into(f)), g: (built.g ?? events).pipe(into(g)) }
  }
  const error = await pipeline({ name: 'p', source, log, range: { rows: 2 }, flows })
    .run({ handleSignals: false })
    .then(
      () => null,
      (reason) => reason,
    )
  return { error, rows: f.rows.map(({ at }) => at.getUTCSeconds()) }
}

/** Throws once, at the fourth row, and never again. */
const once = () => {
  let thrown = false
  return (second: number) => {
    if (second !== 4 || thrown) return
    thrown = true
    throw new Error('boom')
  }
}
const checked = (row: Event, fail: (second: number) => void) => {
  fail(row.at.getUTCSeconds())
  return row
}
const each = (batch: Batch<Event>, fail: (second: number) => void) => {
  for (const { at } of batch) fail(at.getUTCSeconds())
  return batch
}

const throwing: Record<string, (fail: (second: number) => void) => Operator> = {
  map: (fail) => map((batch) => each(batch, fail)),
  tap: (fail) => tap((batch) => each(batch, fail)),
  mapRows: (fail) => mapRows(Event, (row: Event) => checked(row, fail)),
  mapAsync: (fail) => mapAsync(Event, async (row: Event) => checked(row, fail)),
  statefulOperator: (fail) =>
    statefulOperator<Event, Event, null>({
      id: 's',
      init: () => null,
      onBatch: (_, batch) => each(batch, fail),
      snapshot: () => null,
      restore: () => null,
    }),
  'an operator of a user': (fail) => (source) => source.pipe(map((batch) => each(batch, fail))),
}

const catching: Record<string, Operator> = {
  'retry(2)': retry(2),
  'retry with a delay': retry({ count: 2, delay: 1 }),
  'catchError with its source': catchError((_, caught) => caught),
  'catchError to nothing': catchError(() => EMPTY),
  'catchError to something': catchError(() => NEVER),
  onErrorResumeNext: onErrorResumeNextWith(of()),
}

const shapes: Record<string, (events: Events, fails: Operator, catches: Operator) => { f: Events; g?: Events }> = {
  'the flow itself': (events, fails, catches) => ({ f: events.pipe(fails, catches) }),
  'share before': (events, fails, catches) => {
    const shared = events.pipe(share())
    return { f: shared.pipe(fails, catches), g: shared }
  },
  'share between': (events, fails, catches) => {
    const shared = events.pipe(fails, share())
    return { f: shared.pipe(catches), g: shared }
  },
  'a branch of a merge': (events, fails, catches) => ({ f: merge(events.pipe(fails, catches), events.pipe(filterRows(() => false))) }),
  'share behind a merge': (events, fails, catches) => {
    const shared = merge(events, events.pipe(filterRows(() => false))).pipe(share())
    return { f: shared.pipe(fails, catches), g: shared }
  },
  'a merge of merges': (events, fails, catches) => {
    const none = events.pipe(filterRows(() => false))
    return { f: merge(merge(events, none).pipe(fails, catches), none) }
  },
}

describe.each(Object.keys(shapes))('2.3 an error that is caught stops the pipeline: %s', (shape) => {
  const cases = Object.keys(throwing).flatMap((thrower) => Object.keys(catching).map((catcher) => [thrower, catcher] as const))
  test.each(cases)('%s, then %s', async (thrower, catcher) => {
    const { error, rows } = await run((events) =>
      (shapes[shape] as (typeof shapes)[string])(events, (throwing[thrower] as (typeof throwing)[string])(once()), catching[catcher] as Operator),
    )
    // `onErrorResumeNext` hides what stands before it, and behind a merge nothing else tells: the end of the flow is what is seen then.
    const isHidden = catcher === 'onErrorResumeNext' && shape === 'share behind a merge'
    expect(error).toMatchObject(isHidden ? { code: expect.stringMatching(/^FLOW_/) } : { code: 'FLOW_FAILED', cause: { message: 'boom' } })
    expect(rows).toEqual([1, 2])
  })
})

describe('3.15 subscribing again while the pipeline runs stops it', () => {
  test.each<[string, (events: Events) => Events]>([
    ['switchMap back to the source', (events) => events.pipe(switchMap((batch) => (batch.length > 0 ? events : of(batch))))],
    ['repeat', (events) => events.pipe(take(3), repeat())],
    ['a branch that ends', (events) => merge(events.pipe(take(3)), events.pipe(filterRows(() => false)))],
  ])('%s', async (_, build) => {
    const { error, rows } = await run((events) => ({ f: build(events) }))
    expect(error).toMatchObject({ code: expect.stringMatching(/^FLOW_(RESUBSCRIBED|COMPLETED)$/), retryable: false })
    expect(rows).toEqual([])
  })
})

test('2.3 an error behind a window that is caught stops the pipeline, and no window is lost', async () => {
  const world = { log: memoryLog(), sink: memorySink<{ events: number }>() }
  const source = memorySource({ schema: Event, partitions: [messages([1, 61, 121, 181])], chunk: 1 })
  let fails = true
  const once = () =>
    pipeline({
      name: 'p',
      source,
      log: world.log,
      flows: (events) => ({
        f: events.pipe(
          windowed(tumbling({ size: '1 minute' }), { aggregate: { events: count() } }),
          map((batch) => {
            if (batch.length > 0 && fails) {
              fails = false
              throw new Error('boom')
            }
            return batch
          }),
          retry(2),
          into(world.sink),
        ),
      }),
    }).run({ handleSignals: false })
  await expect(once()).rejects.toMatchObject({ code: 'FLOW_FAILED', cause: { message: 'boom' } })
  await once()
  expect(world.sink.rows.map(({ events }) => events)).toEqual([1, 1, 1, 1])
})

test('retrying a batch inside of its own observable loses nothing, and continues', async () => {
  const fail = once()
  const { error, rows } = await run((events) => ({
    f: events.pipe(
      switchMap((batch) =>
        of(batch).pipe(
          mapRows(Event, (row: Event) => checked(row, fail)),
          retry(2),
        ),
      ),
    ),
  }))
  expect([error, rows]).toEqual([null, [1, 2, 3, 4, 5, 6, 7, 8]])
})

test('an error of a flow that says `retryable: true` has its range read again', async () => {
  let tries = 0
  const { error, rows } = await run((events) => ({
    f: events.pipe(
      map((batch) =>
        each(batch, (second) => {
          if (second === 4 && tries++ < 2) throw Object.assign(new Error('busy'), { retryable: true })
        }),
      ),
    ),
  }))
  expect([error, rows, tries]).toEqual([null, [1, 2, 3, 4, 5, 6, 7, 8], 3])
})
