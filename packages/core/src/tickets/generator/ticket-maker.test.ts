import { describe, expect, it } from 'vitest'
import { internals } from '../../batch/batch.ts'
import { Ticket } from '../ticket.ts'
import { planOf } from './options.ts'
import { type Span, TicketMaker } from './ticket-maker.ts'
import { ticketStream } from './ticket-stream.ts'

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

  it('starts at the start, 20 ms apart on average', () => {
    const times = all.map((t) => t.created_at.getTime())
    expect(Math.min(...times.slice(0, 500))).toBe(Date.UTC(2026, 0, 1))
    expect((Math.max(...times) - Math.min(...times)) / all.length).toBeCloseTo(20, 0)
  })
})

describe('a batch', () => {
  const maker = new TicketMaker(planOf({ seed: 7 }))
  const span: Span = { first: 0, step: 1, position: 0 }
  const ROOM = Number.MAX_SAFE_INTEGER

  it('holds as many rows as asked for, with their positions as offsets and no watermark yet', () => {
    const batch = maker.make({ first: 4, step: 3, position: 100 }, 5, ROOM)
    expect(batch.length).toBe(5)
    expect(internals.metadata(batch)).toMatchObject({
      offsets: Float64Array.of(100, 101, 102, 103, 104),
      watermarks: new Float64Array(5).fill(Number.NEGATIVE_INFINITY),
    })
  })

  it('has every `step`-th ticket from `first` on, whatever was made before', () => {
    const all = maker.make(span, 40, ROOM).toArray()
    maker.make({ ...span, first: 2 ** 40 }, 3, ROOM)
    expect(maker.make({ ...span, first: 5, step: 7 }, 5, ROOM).toArray()).toEqual([5, 12, 19, 26, 33].map((i) => all[i]))
  })

  it('keeps within its bytes, and has one row where none would fit', () => {
    for (let bytes = 400; bytes < 1000; bytes++) {
      const batch = maker.make(span, 1000, bytes)
      expect(batch.bytes).toBeLessThanOrEqual(bytes)
      // One row more would not have fitted.
      expect(maker.make(span, batch.length + 1, ROOM).bytes).toBeGreaterThan(bytes)
    }
    expect(maker.make(span, 1000, 1).length).toBe(1)
  })

  it('is not made of more bytes than its rows need, so that a batch of one may be kept', () => {
    const [one, whole] = [maker.make(span, 1, ROOM), maker.make(span, 1000, ROOM)]
    expect(one.bytes).toBeLessThan(400)
    expect(whole.bytes / 1000).toBeLessThan(400)
  })
})

it('never has a time before the start, and moves on with it', () => {
  const times = (spacing: number) =>
    new TicketMaker(planOf({ spacing, disorder: 0 }))
      .make({ first: 0, step: 1, position: 0 }, 4, 1e6)
      .toArray()
      .map(({ created_at }) => created_at.getTime() - Date.UTC(2026, 0, 1))
  expect(times(1000)).toEqual([0, 1000, 2000, 3000])
  expect(times(0)).toEqual([0, 0, 0, 0])
  const early = new TicketMaker(planOf({ start: '1969-12-31T23:59:59Z', spacing: 500, disorder: 0 }))
  expect(
    early
      .make({ first: 0, step: 1, position: 0 }, 4, 1e6)
      .toArray()
      .map(({ created_at }) => created_at.getTime()),
  ).toEqual([-1000, -500, 0, 500])
})
