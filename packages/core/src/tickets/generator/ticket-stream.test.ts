import { describe, expect, it } from 'vitest'
import { ticketStream } from './ticket-stream.ts'

describe('the same seed gives the same tickets', () => {
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

describe('its options', () => {
  it.each([
    [{ from: -1 }, 'from is an integer from 0, got -1'],
    [{ from: 0.5 }, 'from is an integer from 0, got 0.5'],
    [{ seed: 1.5 }, 'seed is an integer, got 1.5'],
  ])('refuses %o', (options, says) => {
    expect(() => ticketStream(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(says) }))
  })

  it('gives nothing from the end on, and nothing beyond it', () => {
    expect([...ticketStream({ tickets: 3, from: 3 })]).toEqual([])
    expect([...ticketStream({ tickets: 3, from: 9 })]).toEqual([])
    expect([...ticketStream({ tickets: 0 })]).toEqual([])
  })
})

it('makes the same tickets wherever its chunks begin', () => {
  const all = [...ticketStream({ tickets: 1200 })]
  for (const from of [1, 511, 512, 513, 1199]) expect([...ticketStream({ tickets: 1200, from })]).toEqual(all.slice(from))
})

it('tells the partition of a ticket: they are dealt in turn', () => {
  const stream = ticketStream({ partitions: 4 })
  expect([0, 1, 3, 4, 9].map((position) => stream.partitionOf(position))).toEqual([0, 1, 3, 0, 1])
  expect(() => stream.partitionOf(-1)).toThrow('position is an integer from 0, got -1')
})
