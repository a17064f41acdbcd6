import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { internals } from '../../batch/batch.ts'
import type { Limit } from '../../connectors/source.ts'
import type { Ticket } from '../ticket.ts'
import { turned } from './clock.fixture.ts'
import { type GeneratorOptions, generator } from './generator.ts'
import { GENERATOR_DISORDER } from './options.ts'
import { ticketStream } from './ticket-stream.ts'

const limit = (more: Partial<Limit> = {}): Limit => ({ rows: 1000, bytes: 1e6, ms: 250, signal: new AbortController().signal, ...more })

/** All rows of one partition with their offsets; `next` gives each read's limit, and says whether to open anew first. */
async function readAll(
  options: GeneratorOptions,
  id: string,
  from = 0,
  next: () => { rows: number; bytes: number; reopen: boolean } = () => ({ rows: 1000, bytes: 1e6, reopen: false }),
) {
  const source = generator(options)
  let reader = await source.open(id, from, { maxFuture: Number.POSITIVE_INFINITY })
  const rows: Ticket[] = []
  const offsets: number[] = []
  for (let position = from; ; ) {
    const { reopen, ...sizes } = next()
    if (reopen) reader = await source.open(id, position, { maxFuture: 0 })
    const chunk = await reader.read(limit(sizes))
    if (chunk === 'end') return { rows, offsets, position }
    expect(chunk.batch.length).toBeLessThanOrEqual(sizes.rows)
    if (chunk.batch.length > 1) expect(chunk.batch.bytes).toBeLessThanOrEqual(sizes.bytes)
    expect(chunk.batch.length).toBeGreaterThan(0)
    rows.push(...chunk.batch)
    offsets.push(...(internals.metadata(chunk.batch)?.offsets ?? []))
    position = chunk.position
  }
}

const seeds = fc.integer({ min: -(2 ** 40), max: 2 ** 40 })

describe('the same seed gives the same tickets', () => {
  it('however they are cut and resumed', async () => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        fc.integer({ min: 0, max: 120 }),
        fc.array(fc.record({ rows: fc.integer({ min: 1, max: 40 }), bytes: fc.integer({ min: 1, max: 5000 }), reopen: fc.boolean() }), {
          minLength: 1,
        }),
        async (seed, tickets, plan) => {
          const options = { seed, tickets, partitions: 1 }
          let i = 0
          const cut = await readAll(options, 'tickets-0', 0, () => plan[i++ % plan.length] as (typeof plan)[number])
          const whole = await readAll(options, 'tickets-0')
          expect(cut).toEqual(whole)
          expect(whole.offsets).toEqual(Array.from({ length: tickets }, (_, k) => k))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('over any number of partitions, and as a plain iterator from any position', async () => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        fc.integer({ min: 0, max: 90 }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(100),
        async (seed, tickets, partitions, from) => {
          const plain = [...ticketStream({ seed, tickets })]
          expect(plain).toHaveLength(tickets)
          const dealt: Ticket[][] = []
          for (let p = 0; p < partitions; p++) dealt.push((await readAll({ seed, tickets, partitions }, `tickets-${p}`)).rows)
          const stream = ticketStream({ seed, tickets, partitions, from })
          expect(plain).toEqual(plain.map((_, i) => dealt[stream.partitionOf(i)]?.[Math.floor(i / partitions)]))
          expect(dealt.flat()).toHaveLength(tickets)
          expect([...stream]).toEqual(plain.slice(from))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('as a source', () => {
  it('describes partitions with an exact count; another seed is another topic', async () => {
    const { partitions, topics } = await generator({ tickets: 100 }).describe()
    expect(partitions).toEqual([34, 33, 33].map((end, p) => ({ id: `tickets-${p}`, topic: 'tickets', earliest: 0, start: 0, end })))
    expect(topics).toEqual((await generator({ rate: 5, tickets: 7 }).describe()).topics)
    expect(topics).not.toEqual((await generator({ tickets: 100, seed: 2 }).describe()).topics)
    expect((await generator({ tickets: 1 }).describe()).partitions.map((p) => p.end)).toEqual([1, 0, 0])
    expect(generator({ tickets: 1 }).until).toBe('complete')
    expect(generator().until).toBe('never')
  })

  it('hands out all partitions at once', async () => {
    const given: string[] = []
    await (await generator({ topic: 'x' }).partitions({ assigned: (ids) => given.push(...ids), revoked: async () => {}, failed: () => {} })).close()
    expect(given).toEqual(['x-0', 'x-1', 'x-2'])
  })

  it.each([
    [() => generator({ partitions: 0 }), 'partitions is an integer from 1, got 0'],
    [() => generator({ rate: Number.NaN }), 'got NaN'],
    [() => generator({ topic: 'a/b' }), '"a/b"'],
  ])('refuses nonsense %#', (make, says) => {
    expect(make).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(says) }))
  })

  it('refuses positions and partitions that are not there', async () => {
    const source = generator({ tickets: 10, partitions: 2 })
    await expect(source.open('tickets-0', 6, { maxFuture: 0 })).rejects.toMatchObject({ code: 'POSITION_AHEAD' })
    await expect(source.open('tickets-2', 0, { maxFuture: 0 })).rejects.toMatchObject({ code: 'SOURCE_MISSING' })
    expect(await (await source.open('tickets-0', 5, { maxFuture: 0 })).read(limit())).toBe('end')
  })
})

describe('event times', () => {
  it('comes out of order, but never by more than the bound, in any partition', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.constantFrom(0, 100, GENERATOR_DISORDER), fc.integer({ min: 1, max: 4 }), async (seed, disorder, partitions) => {
        const { rows } = await readAll({ seed, tickets: 2000 * partitions, partitions, disorder }, 'tickets-0')
        let latest = Number.NEGATIVE_INFINITY
        let most = 0
        for (const { created_at } of rows) {
          most = Math.max(most, latest - created_at.getTime())
          latest = Math.max(latest, created_at.getTime())
        }
        expect(most).toBeLessThanOrEqual(disorder)
        if (disorder === GENERATOR_DISORDER) expect(most).toBeGreaterThan(disorder * 0.8)
      }),
      { numRuns: 20 },
    )
  })
})

describe('with a rate', () => {
  it('lets out so many a second over all partitions, and the same ones', async () => {
    const clock = turned()
    const reader = await generator({ rate: 300, clock }).open('tickets-0', 0, { maxFuture: 0 })
    let rows = 0
    const texts: string[] = []
    while (clock.time < 11_000) {
      const chunk = await reader.read(limit())
      if (chunk === 'end') throw new Error('ended')
      rows += chunk.batch.length
      texts.push(...[...chunk.batch].map((t) => t.request))
    }
    expect(rows).toBeGreaterThanOrEqual(999)
    expect(rows).toBeLessThanOrEqual(1001)
    expect(texts).toEqual((await readAll({ tickets: rows * 3 }, 'tickets-0')).rows.map((t) => t.request))
  })
})
