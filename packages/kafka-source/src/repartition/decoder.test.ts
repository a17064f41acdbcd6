import { Ticket } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { headerBytes } from '../../test/record-batches.ts'
import { base, ticketAt } from '../../test/repartition-helpers.ts'
import { type Fetched, SliceList } from '../protocol/message-slices.ts'
import { repartitionDecoder } from './decoder.ts'
import { MARKER_HEADER, UPSTREAM_HEADER, upstreamText } from './headers.ts'
import { END_OF_TIME, Upstream, type UpstreamState } from './upstream.ts'

interface Sent {
  readonly value: string | null
  readonly headers: Readonly<Record<string, string>>
}

const minutes = (n: number) => base + n * 60_000
const row = (i: number, task: string, watermark: number, log = 'log'): Sent => ({
  value: JSON.stringify(ticketAt(i, 'CLIENT_1000', i)),
  headers: { [UPSTREAM_HEADER]: upstreamText(log, task, watermark) },
})
const marker = (task: string, watermark: number, state: UpstreamState, tasks: readonly string[]): Sent => ({
  value: null,
  headers: { [UPSTREAM_HEADER]: upstreamText('log', task, watermark), [MARKER_HEADER]: JSON.stringify({ state, tasks }) },
})
const stray = (value: string | null, headers: Readonly<Record<string, string>> = {}): Sent => ({ value, headers })

/** Messages as a fetch holds them, at offsets from `first` on: key, value and headers one after the other. */
function fetched(messages: readonly Sent[], first = 0): Fetched {
  const list = new SliceList()
  const parts: Buffer[] = []
  let size = 0
  const places = messages.map(({ value, headers }, i) => {
    const key = Buffer.from(`k${first + i}`)
    const bytes = [key, Buffer.from(value ?? ''), Buffer.from(headerBytes(headers))]
    const [keyStart, start, end] = [size, size + key.length, size + key.length + (value === null ? -1 : Buffer.byteLength(value))]
    for (const part of bytes) {
      parts.push(part)
      size += part.length
    }
    return { keyStart, start, end, limit: size }
  })
  const all = new Uint8Array(Buffer.concat(parts))
  list.open(all.buffer, 0, all.length)
  for (const [i, { keyStart, start, end, limit }] of places.entries()) list.add(first + i, minutes(i), keyStart, start, start, end, limit)
  return list.slices()
}

const future = { maxFuture: Number.MAX_SAFE_INTEGER, reference: Number.POSITIVE_INFINITY }
const decode = (messages: readonly Sent[], upstream = new Upstream(), first = 0) =>
  repartitionDecoder('t-0', Ticket, upstream)(fetched(messages, first), future)
const numbersOf = ({ batch }: ReturnType<typeof decode>) => [...batch].map(({ ticket_id }) => Number(ticket_id.slice(-12)))

describe('rows', () => {
  it('come with the watermark before each, which is that of the slowest task once a marker has named all', () => {
    const out = decode([
      row(0, 'a', minutes(1)),
      marker('a', minutes(1), 'running', ['a', 'b']),
      row(1, 'b', minutes(2)),
      row(2, 'a', minutes(5)),
      row(3, 'b', minutes(9)),
    ])
    expect(numbersOf(out)).toEqual([0, 1, 2, 3])
    expect([...(out.watermarks ?? [])]).toEqual([Number.NEGATIVE_INFINITY, minutes(1), minutes(2), minutes(5)])
    expect(out.watermark).toBe(minutes(5))
    expect(out.rejected).toEqual([])
  })

  it('keep their own watermarks when the schema rejects one between them', () => {
    const wrong = { ...row(1, 'a', minutes(2)), value: '{"no":"ticket"}' }
    const out = decode([marker('a', minutes(0), 'running', ['a']), row(0, 'a', minutes(1)), wrong, row(2, 'a', minutes(3))])
    expect(numbersOf(out)).toEqual([0, 2])
    expect([...(out.watermarks ?? [])]).toEqual([minutes(1), minutes(3)])
    expect(out.rejected.map(({ offset }) => offset)).toEqual([2])
  })

  it('are the same in one piece or in many, with what is remembered between them', () => {
    const all = [
      row(0, 'a', minutes(1)),
      marker('a', minutes(1), 'running', ['a', 'b']),
      row(1, 'b', minutes(2)),
      stray('x'),
      row(2, 'a', minutes(5)),
      marker('b', minutes(2), 'idle', ['a', 'b']),
      row(3, 'a', minutes(9)),
    ]
    const whole = decode(all)
    const marks: number[] = []
    let memory: ReturnType<Upstream['snapshot']> | undefined
    for (const [i, message] of all.entries()) {
      const piece = decode([message], new Upstream(memory), i)
      marks.push(...(piece.watermarks ?? []))
      memory = piece.memory
      if (i === all.length - 1) expect(piece.watermark).toBe(whole.watermark)
    }
    expect(marks).toEqual([...(whole.watermarks ?? [])])
    expect(memory).toEqual(whole.memory)
  })

  it('are none in a piece of markers, which move the watermark all the same', () => {
    const out = decode([marker('a', minutes(7), 'running', ['a'])])
    expect([out.batch.length, out.watermark]).toEqual([0, minutes(7)])
    expect(decode([marker('a', minutes(7), 'ended', ['a'])]).watermark).toBe(END_OF_TIME)
  })
})

describe('messages of others', () => {
  it('are rejected with all that they had, between the rows, and move no watermark', () => {
    const late = { [UPSTREAM_HEADER]: 'nonsense' }
    const out = decode([stray('x'), row(0, 'a', minutes(1)), stray(null), stray('y', late), row(1, 'a', minutes(2))], new Upstream(), 40)
    expect(numbersOf(out)).toEqual([0, 1])
    expect(
      out.rejected.map(({ offset, value, key, timestamp }) => [
        offset,
        value && String(Buffer.from(value)),
        String(key && Buffer.from(key)),
        timestamp,
      ]),
    ).toEqual([
      [40, 'x', 'k40', minutes(0)],
      [42, null, 'k42', minutes(2)],
      [43, 'y', 'k43', minutes(3)],
    ])
    for (const { reason } of out.rejected) expect(reason).toMatch(/only the sink of `repartition`/)
  })

  it('stand in the order of their offsets among rows that the schema rejects', () => {
    const wrong = { ...row(0, 'a', minutes(1)), value: '{}' }
    const out = decode([wrong, stray('x'), wrong, stray('y')])
    expect(out.rejected.map(({ offset }) => offset)).toEqual([0, 1, 2, 3])
  })

  it('stop the reader when they are of a second log, whose rows would count twice', () => {
    const upstream = new Upstream()
    decode([row(0, 'a', minutes(1))], upstream)
    expect(() => decode([row(1, 'a', minutes(2), 'other')], upstream)).toThrow(
      expect.objectContaining({ code: 'SOURCE_CHANGED', message: expect.stringMatching(/t-0 .*second pipeline log, other/) }),
    )
  })
})
