import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../base/clock.ts'
import { internals } from '../../batch/batch.ts'
import type { Limit } from '../../connectors/source.ts'
import { Ticket } from '../ticket.ts'
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

  it('for ever: these are the first three of seed 1', () => {
    // A change here changes what every seed means: then the generator's topic id has to change too.
    expect(
      [...ticketStream({ tickets: 3 })].map(({ ticket_id, client_id, created_at }) => [ticket_id, client_id, created_at.toISOString()]),
    ).toMatchInlineSnapshot(`
      [
        [
          "a8fa18f3-4491-4eb4-acc8-c4672938d573",
          "CLIENT_4924",
          "2026-01-01T00:00:00.000Z",
        ],
        [
          "aea46629-47f7-4799-800b-ee1a91f91304",
          "CLIENT_5726",
          "2026-01-01T00:00:00.000Z",
        ],
        [
          "7bcc978a-ffab-4833-983d-1c5e8a76fb13",
          "CLIENT_1533",
          "2026-01-01T00:00:00.000Z",
        ],
      ]
    `)
  })

  it('far from the start as near it', async () => {
    const from = 2 ** 45
    const [first, second] = ticketStream({ seed: 3, from, tickets: from + 2, spacing: 0 })
    const next = ticketStream({ seed: 3, from: from + 1, spacing: 0 }).next()
    expect(second).toEqual(next.value)
    expect(first).not.toEqual(second)
  })

  it('and another seed gives others', () => {
    const ids = [1, 2, 3, -1, 2 ** 32 + 1].flatMap((seed) => [...ticketStream({ seed, tickets: 1000 })].map((t) => t.ticket_id))
    expect(new Set(ids).size).toBe(5000)
  })
})

describe('what a ticket is', () => {
  const all = [...ticketStream({ tickets: 30_000 })]

  it('passes the schema, byte for byte as a message would', () => {
    const messages = all.slice(0, 3000).map((t, offset) => ({ offset, value: new TextEncoder().encode(JSON.stringify(t)) }))
    const { batch, rejected } = Ticket.decode(messages)
    expect(rejected).toEqual([])
    expect(batch.toArray()).toEqual(all.slice(0, 3000))
  })

  it('has an id of its own', () => {
    expect(new Set(all.map((t) => t.ticket_id)).size).toBe(all.length)
    for (const { ticket_id } of all) expect(ticket_id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  })

  it('leaves no slot open, in two languages, with accents and emoji', () => {
    const text = all.map((t) => t.request)
    for (const request of text) expect(request).not.toMatch(/[{}�]/)
    expect(new Set(text).size).toBeGreaterThan(15_000)
    for (const part of [/é/, /facture/, /invoice/, /[\u{1f300}-\u{1faff}]/u]) expect(text.some((request) => part.test(request))).toBe(true)
  })

  it('has each type and priority, clients from 1000 to 9999', () => {
    const share = (of: (t: Ticket) => boolean) => all.filter(of).length / all.length
    expect(share((t) => t.request_type === 'technical')).toBeCloseTo(0.38, 1)
    expect(share((t) => t.request_type === 'general')).toBeCloseTo(0.15, 1)
    expect(share((t) => t.priority === 'critical')).toBeCloseTo(0.08, 1)
    expect(share((t) => t.priority === 'low')).toBeGreaterThan(0.2)
    expect(new Set(all.map((t) => t.client_id)).size).toBeGreaterThan(5000)
  })

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

  it('starts at the start, 20 ms apart on average', () => {
    const times = all.map((t) => t.created_at.getTime())
    expect(Math.min(...times.slice(0, 500))).toBe(Date.UTC(2026, 0, 1))
    expect((Math.max(...times) - Math.min(...times)) / all.length).toBeCloseTo(20, 0)
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

  it('stops exactly at `to`', async () => {
    const reader = await generator().open('tickets-1', 5, { to: 12, maxFuture: 0 })
    expect(await reader.read(limit())).toMatchObject({ position: 12, lag: 0, batch: { length: 7 } })
    expect(await reader.read(limit())).toBe('end')
    expect(await (await generator().open('tickets-1', 12, { to: 12, maxFuture: 0 })).read(limit())).toBe('end')
  })

  it('is endless without a count', async () => {
    const reader = await generator().open('tickets-2', 10 ** 9, { maxFuture: 0 })
    expect(await reader.read(limit({ rows: 3 }))).toMatchObject({ position: 10 ** 9 + 3, lag: null })
  })

  it.each([
    [() => generator({ seed: 1.5 }), 'seed is an integer, got 1.5'],
    [() => generator({ tickets: -1 }), 'tickets is an integer from 0, got -1'],
    [() => generator({ partitions: 0 }), 'partitions is an integer from 1, got 0'],
    [() => generator({ rate: Number.NaN }), 'got NaN'],
    [() => generator({ start: '2026-01-01' }), 'got "2026-01-01"'],
    [() => generator({ disorder: 'soon' }), '"soon"'],
    [() => generator({ topic: 'a/b' }), '"a/b"'],
    [() => ticketStream({ from: -1 }), 'from is an integer from 0, got -1'],
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

describe('with a rate', () => {
  function turned(): Clock & { time: number; slept: number[] } {
    const clock = {
      time: 1000,
      slept: [] as number[],
      now: () => clock.time,
      async sleep(ms: number) {
        clock.slept.push(ms)
        clock.time += ms
      },
    }
    return clock
  }

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

  it('returns after `ms` with nothing when nothing is due, caught up', async () => {
    const clock = turned()
    const reader = await generator({ rate: 0.3, clock }).open('tickets-0', 0, { maxFuture: 0 })
    expect(await reader.read(limit({ ms: 100 }))).toMatchObject({ batch: { length: 0 }, position: 0, lag: 0 })
    expect(clock.slept).toEqual([100])
  })

  it('makes up for one second at most after a pause', async () => {
    const clock = turned()
    const reader = await generator({ rate: 300, clock }).open('tickets-0', 0, { maxFuture: 0 })
    await reader.read(limit())
    clock.time += 60_000
    expect(await reader.read(limit())).toMatchObject({ batch: { length: 100 } })
  })

  it('returns at once when the signal aborts', async () => {
    const controller = new AbortController()
    const reader = await generator({ rate: 0.001 }).open('tickets-0', 0, { maxFuture: 0 })
    const reading = reader.read(limit({ ms: 60_000, signal: controller.signal }))
    controller.abort()
    expect(await reading).toMatchObject({ batch: { length: 0 }, position: 0 })
  })
})

describe('the plain iterator', () => {
  it('continues where a loop was left, and tells its position', () => {
    const stream = ticketStream({ tickets: 5 })
    for (const _ of stream) if (stream.position === 2) break
    const rest = [...stream]
    expect(rest).toHaveLength(3)
    expect(stream.position).toBe(5)
    expect(stream.next()).toEqual({ done: true, value: undefined })
  })
})
