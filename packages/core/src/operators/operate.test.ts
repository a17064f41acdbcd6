import { from, map, NEVER, Observable, of, Subject, take, throwError, toArray } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { type Operation, operate } from './operate.ts'

/** Passes numbers on, and logs what is asked of it. */
const logged = (log: string[], more: Partial<Operation<number>> = {}) =>
  operate<number, number>((out) => ({
    next(value) {
      log.push(`next ${value}`)
      out.next(value)
    },
    unsubscribe: () => void log.push('unsubscribe'),
    ready: () => void log.push('ready'),
    ...more,
  }))

/** What a stream came to. */
async function outcome<T>(stream: Observable<T>): Promise<{ values: T[]; end: unknown }> {
  const values: T[] = []
  return new Promise((resolve) => {
    stream.subscribe({
      next: (value) => void values.push(value),
      error: (error) => resolve({ values, end: error }),
      complete: () => resolve({ values, end: 'complete' }),
    })
  })
}

test('makes one operation for each subscription', async () => {
  const operator = operate<number, number>((out) => {
    let sum = 0
    return {
      next(value) {
        sum += value
        out.next(sum)
      },
    }
  })
  const sums = from([1, 2, 3]).pipe(operator)
  expect([await outcome(sums), await outcome(sums)]).toEqual(Array(2).fill({ values: [1, 3, 6], end: 'complete' }))
})

test('is ready once its source is subscribed to, and released when it ends', async () => {
  const log: string[] = []
  await outcome(
    new Observable<number>((out) => {
      log.push('subscribed')
      queueMicrotask(() => out.complete())
    }).pipe(logged(log)),
  )
  expect(log).toEqual(['subscribed', 'ready', 'unsubscribe'])
})

describe('an error', () => {
  const boom = new Error('boom')
  const fails = () => {
    throw boom
  }
  test.each([
    ['next', { next: fails }],
    ['complete', { complete: fails }],
    ['ready', { ready: fails }],
    ['a promise of complete', { complete: () => Promise.reject(boom) }],
  ])('of %s is the error of the stream, and comes once', async (_, more) => {
    const source = 'ready' in more ? NEVER : of(1)
    expect((await outcome(source.pipe(logged([], more)))).end).toBe(boom)
  })

  test('of the making is the error of the stream', async () => {
    expect((await outcome(of(1).pipe(operate<number, number>(fails)))).end).toBe(boom)
  })

  test('of the source passes through, and releases the operation', async () => {
    const log: string[] = []
    expect((await outcome(throwError(() => boom).pipe(logged(log)))).end).toBe(boom)
    expect(log.filter((entry) => entry === 'unsubscribe')).toHaveLength(1)
  })

  test('stops a synchronous source: the operation gets nothing after it', async () => {
    const seen: number[] = []
    const operator = operate<number, number>(() => ({
      next(value) {
        seen.push(value)
        throw boom
      },
    }))
    await outcome(from([1, 2, 3]).pipe(operator))
    expect(seen).toEqual([1])
  })
})

test('a `take` after it ends a source that never ends by itself', async () => {
  const endless = function* () {
    for (let n = 0; ; n++) {
      if (n > 1000) throw new Error('nobody stopped it')
      yield n
    }
  }
  const log: string[] = []
  expect(await outcome(from(endless()).pipe(logged(log), take(2)))).toEqual({ values: [0, 1], end: 'complete' })
  expect(log.filter((entry) => entry.startsWith('next'))).toEqual(['next 0', 'next 1'])
})

test('emits at the end what it holds, and completes only when a promise has settled', async () => {
  const held = operate<number, number[]>((out) => {
    const all: number[] = []
    return { next: (value) => void all.push(value), complete: () => Promise.resolve().then(() => out.next(all)) }
  })
  expect(await outcome(from([1, 2]).pipe(held))).toEqual({ values: [[1, 2]], end: 'complete' })
  expect(
    await outcome(
      from([1, 2]).pipe(
        held,
        map(([first]) => first),
        toArray(),
      ),
    ),
  ).toEqual({ values: [[1]], end: 'complete' })
})

test('lets its source go when nobody listens any more', () => {
  const [source, log] = [new Subject<number>(), [] as string[]]
  const subscription = source.pipe(logged(log)).subscribe()
  source.next(1)
  subscription.unsubscribe()
  source.next(2)
  expect([source.observed, log]).toEqual([false, ['ready', 'next 1', 'unsubscribe']])
})

test('has no scope outside a pipeline', () => {
  const scopes: unknown[] = []
  const operator = operate<number, number>((_, scope) => {
    scopes.push(scope)
    return { next() {} }
  })
  NEVER.pipe(operator).subscribe().unsubscribe()
  expect(scopes).toEqual([null])
})
