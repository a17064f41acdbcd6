import { into, type LateRow, pipeline, type Source, session, Ticket, windowed } from '@tickets/core'
import { memoryLog, memorySink, memorySource, messagesOf } from '@tickets/core/testing'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { unique } from '../../test/helpers.ts'
import {
  base,
  CLOCK,
  dying,
  live,
  reader,
  reference,
  type SessionRow,
  sendTickets,
  sessions,
  ticketAt,
  told,
  until,
  world,
} from '../../test/repartition-helpers.ts'
import { committed, numbersIn } from '../../test/sink-helpers.ts'
import { kafkaSource } from '../index.ts'

const shared = await sharedBroker('repartition')
const brokers = shared ?? []

type World = Awaited<ReturnType<typeof world>>

/** The first pipeline: tickets by ticket into the repartition. */
const first = (
  { input, byClient, staging, log }: Pick<World, 'byClient' | 'staging'> & { input: string; log: World['log'] },
  groupId: string,
  options: Partial<Parameters<typeof pipeline<Ticket, number>>[0]> = {},
  end: 'now' | 'never' = 'now',
) =>
  pipeline({
    name: 'by-client',
    source: kafkaSource({ schema: Ticket, brokers, topic: input, groupId, until: end, fetchWait: 50 }),
    log,
    range: { rows: 150 },
    retries: 0,
    maxOutOfOrderness: '1 minute',
    flows: (tickets) => ({ by_client: tickets.pipe(into(byClient.sink({ staging }))) }),
    ...options,
  })

/** Tickets of 30 clients over hours, in the order of time but for up to a minute; every third has a pause, so that there are sessions. */
function stream(seed: number, count: number, from = 0): Ticket[] {
  let state = seed * 7919 + 17
  const random = () => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state / 2147483648
  }
  return Array.from({ length: count }, (_, i) => {
    const seconds = from + i * 30 + Math.floor(random() * 60)
    return ticketAt(seed * 100_000 + i, `CLIENT_${1000 + Math.floor(random() * 30)}`, seconds)
  })
}

const HOUR = 3600
/** Moves the clock of a partition past all sessions. */
const over = (partition: number, hours = 100) => ticketAt(9_000_000 + partition * 1000 + hours, CLOCK, hours * HOUR)

describe.skipIf(!shared)('sessions by client over a topic that is keyed by ticket', () => {
  it('one partition is hours behind: no row is late, nothing closes early; crashes on both sides repeat nothing; they equal plain SQL', async () => {
    const w = await world(brokers)
    const groupId = unique('g')
    const all = [stream(1, 700), stream(2, 700), stream(3, 700)]
    const at = reader(w.byClient)
    // The third partition has seen an hour, the others almost six.
    for (const p of [0, 1, 2]) await sendTickets(brokers, w.input, p, (all[p] ?? []).slice(0, p === 2 ? 120 : 700))
    await first(w, groupId).run({ handleSignals: false })
    await at.run()
    const early = told(at.shown.rows)
    const inTime = await reference(all.flat())
    // What is shown is right for good, and within the hour that all have passed.
    expect(early.length).toBeGreaterThan(5)
    expect(inTime).toEqual(expect.arrayContaining(early))
    for (const { window_end } of at.shown.rows) expect(window_end.getTime()).toBeLessThan(base + 1.1 * HOUR * 1000)

    await sendTickets(brokers, w.input, 2, (all[2] ?? []).slice(120))
    for (const p of [0, 1, 2]) await sendTickets(brokers, w.input, p, [over(p)])
    // The first pipeline dies again and again: before a record, and after one that is not in the topic yet.
    const crashes = [
      [1, 'before'],
      [1, 'after'],
      [2, 'after'],
      [2, 'before'],
    ] as const
    for (const [nth, when] of crashes) {
      const dies = first({ ...w, log: dying(w.log, nth, when) }, groupId)
      await expect(dies.run({ handleSignals: false })).rejects.toThrow('died')
    }
    await first(w, groupId).run({ handleSignals: false })
    // So does the second.
    for (const [nth, when] of crashes) await expect(at.run({ range: { rows: 60 } }, dying(at.log, nth, when))).rejects.toThrow('died')
    await at.run({ range: { rows: 60 } })

    const messages = await committed(brokers, w.topic)
    const sent = numbersIn(messages.filter(({ value }) => value !== null)).sort((a, b) => a - b)
    expect(sent).toEqual([...all.flat(), over(0), over(1), over(2)].map(({ ticket_id }) => Number(ticket_id.slice(-12))).sort((a, b) => a - b))
    for (const { headers } of messages) expect(headers.upstream).toMatch(new RegExp(`^[0-9a-f]{8}/${w.input}-[012]@(\\d+)?$`))
    expect(told(at.shown.rows)).toEqual(inTime)
    expect(at.late.rows).toEqual([])

    // Law 2: another reader, that reads it all at once or crumb by crumb, finds the same.
    for (const rows of [100_000, 7]) {
      const again = reader(w.byClient)
      await again.run({ range: { rows } })
      expect(told(again.shown.rows)).toEqual(inTime)
      expect(again.late.rows).toEqual([])
    }
  }, 240_000)

  it('rows that are late upstream are late behind it, the same ones, whatever they are read in; and each row counts once', async () => {
    const w = await world(brokers, { inputs: 1 })
    const groupId = unique('g')
    const tickets = stream(4, 600)
    // Some come half an hour to three hours late, some of them between others of their client.
    const shuffled = tickets.flatMap((ticket, i) =>
      i % 50 === 49 ? [ticket, { ...(tickets[(i * 7) % i] as Ticket), ticket_id: ticketAt(800_000 + i, '', 0).ticket_id }] : [ticket],
    )
    await sendTickets(brokers, w.input, 0, [...shuffled, over(0)])
    await first(w, groupId).run({ handleSignals: false })

    // Without a repartition, which one partition does not need.
    const [direct, directLate] = [memorySink<SessionRow>('direct'), memorySink<LateRow>('direct late')]
    await pipeline({
      name: 'direct',
      source: kafkaSource({ schema: Ticket, brokers, topic: w.input, groupId: unique('g'), until: 'now' }),
      log: memoryLog(),
      late: directLate,
      maxOutOfOrderness: '1 minute',
      flows: (rows) => ({ sessions: sessions(rows).pipe(into(direct as never)) }),
    }).run({ handleSignals: false })
    const lateIn = (rows: readonly { row: string; watermark: Date; windows: string }[]) =>
      rows.map((l) => [l.row, l.watermark.getTime(), l.windows].join()).sort()
    expect(directLate.rows.length).toBeGreaterThan(3)

    for (const rows of [100_000, 40]) {
      const at = reader(w.byClient)
      await at.run({ range: { rows } })
      expect(lateIn(at.late.rows)).toEqual(lateIn(directLate.rows))
      expect(told(at.shown.rows)).toEqual(told(direct.rows))
      const counted = at.shown.rows.reduce((sum, { client_id, tickets: n }) => sum + (client_id === CLOCK ? 0 : n), 0)
      expect(counted + at.late.rows.length).toBe(shuffled.length)
    }
  }, 240_000)

  it('an idle partition upstream holds nothing back; when it returns, its rows are late for what was closed, and counted', async () => {
    const w = await world(brokers)
    const groupId = unique('g')
    const tickets = [stream(5, 200), stream(6, 200)]
    for (const p of [0, 1]) await sendTickets(brokers, w.input, p, [...(tickets[p] ?? []), over(p)])
    const at = reader(w.byClient, 'never')
    const upstream = live(first(w, groupId, { idleTimeout: '400ms', range: { time: '100ms' } }, 'never'))
    const downstream = at.live()
    const inTime = await reference(tickets.flat())
    // The third partition is empty.
    await until(() => told(at.shown.rows).length === inTime.length, 'sessions without the idle partition')
    expect(told(at.shown.rows)).toEqual(inTime)
    const late = stream(7, 20)
    await sendTickets(brokers, w.input, 2, [...late, over(2, 200)])
    // Both have their say for the clock to continue.
    for (const p of [0, 1]) await sendTickets(brokers, w.input, p, [over(p, 200)])
    await until(() => at.late.rows.length === late.length, 'late rows')
    await upstream.stop()
    await downstream.stop()
    expect(told(at.shown.rows)).toEqual(inTime)
    expect(at.late.rows.map(({ row }) => JSON.parse(row).ticket_id).sort()).toEqual(late.map(({ ticket_id }) => ticket_id).sort())
  }, 240_000)

  it('two processes upstream and two behind it, of which one leaves in the middle: what the watermark is made of goes along', async () => {
    const w = await world(brokers)
    const groupId = unique('g')
    const parts = [stream(12, 200), stream(13, 260), stream(14, 150)]
    const at = reader(w.byClient, 'never')
    const quick = { range: { time: '100ms' }, idleTimeout: '1 hour' } as const
    const [one, two] = [live(first(w, groupId, quick, 'never')), live(first(w, groupId, quick, 'never'))]
    const [three, four] = [at.live(), at.live()]
    for (const p of [0, 1, 2]) await sendTickets(brokers, w.input, p, (parts[p] ?? []).slice(0, 100))
    const all = await reference(parts.flat())
    await until(() => told(at.shown.rows).length > 0, 'first sessions')
    await two.stop()
    await four.stop()
    for (const p of [2, 0, 1]) await sendTickets(brokers, w.input, p, [...(parts[p] ?? []).slice(100), over(p)])
    await until(() => told(at.shown.rows).length >= all.length, 'all sessions')
    await one.stop()
    await three.stop()
    expect(told(at.shown.rows)).toEqual(all)
    expect(at.late.rows).toEqual([])
  }, 240_000)

  it('the end of a complete source upstream closes everything, and ends a reader that runs to it; a live one closes all, too', async () => {
    const w = await world(brokers)
    const parts = [stream(8, 150), stream(9, 300), []]
    const complete = (): Source<Ticket> => memorySource({ schema: Ticket, partitions: parts.map((rows) => messagesOf(rows)), chunk: 40 })
    const [ends, runs] = [reader(w.byClient, 'complete'), reader(w.byClient, 'never')]
    const ending = ends.run()
    const downstream = runs.live()
    await first(w, unique('g'), { source: complete() as never }).run({ handleSignals: false })
    expect(await ending).toMatchObject({ how: 'done', rows: 450 })
    const all = await reference(parts.flat())
    expect(told(ends.shown.rows)).toEqual(all)
    await until(() => told(runs.shown.rows).length === all.length, 'all sessions of the live one')
    await downstream.stop()
    expect(told(runs.shown.rows)).toEqual(all)
    // Once more, from its records: at the end already.
    expect(await ends.run()).toMatchObject({ how: 'done', rows: 0 })
  }, 240_000)

  it('a partition that is added upstream is waited for from its first word on', async () => {
    const w = await world(brokers, { inputs: 1 })
    const parts = [stream(10, 100)]
    const source = () => memorySource({ schema: Ticket, partitions: parts.map((rows) => messagesOf(rows)), until: 'now' }) as never
    const run = () => first(w, unique('g'), { source: source() }).run({ handleSignals: false })
    const at = reader(w.byClient)
    await run()
    await at.run()
    parts.push(stream(11, 150, 3300))
    ;(parts[0] as Ticket[]).push(over(0))
    await run()
    await at.run()
    // The first alone is far ahead, the second still at its last row.
    const limit = Math.max(...(parts[1] as Ticket[]).map(({ created_at }) => created_at.getTime()))
    for (const { window_end, client_id } of at.shown.rows) if (client_id !== CLOCK) expect(window_end.getTime()).toBeLessThan(limit)
    ;(parts[1] as Ticket[]).push(over(1))
    await run()
    await at.run()
    expect(told(at.shown.rows)).toEqual(await reference(parts.flat().filter(({ client_id }) => client_id !== CLOCK)))
    expect(at.late.rows).toEqual([])
  }, 240_000)

  it('is refused where the source is not keyed by the client, and says what to do', async () => {
    const w = await world(brokers)
    const direct = pipeline({
      name: 'direct',
      source: kafkaSource({ schema: Ticket, brokers, topic: w.input, groupId: unique('g'), until: 'now' }),
      log: memoryLog(),
      flows: (rows) => ({ sessions: sessions(rows).pipe(into(memorySink('s') as never)) }),
    })
    await expect(direct.run({ handleSignals: false })).rejects.toThrow(/keyedBy.*repartition/)
    const wrong = pipeline({
      name: 'wrong',
      source: w.byClient.source({ groupId: unique('g'), until: 'now' }),
      log: memoryLog(),
      flows: (rows) => ({ s: rows.pipe(windowed(session({ gap: 1000 }), { by: 'priority', aggregate: {} }), into(memorySink('s') as never)) }),
    })
    await expect(wrong.run({ handleSignals: false })).rejects.toThrow('is keyed by client_id')
  })
})
