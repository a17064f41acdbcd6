import { DuckDBInstance } from '@duckdb/node-api'
import { count, type DeadLetter, type Flows, into, type LateRow, type PipelineOptions, pipeline, session, Ticket, windowed } from '@tickets/core'
import { memoryLog, memorySink } from '@tickets/core/testing'
import { type Repartition, repartition } from '../src/index.ts'
import { createTopic, rawKafka, unique } from './helpers.ts'
import { folder } from './sink-helpers.ts'

export const base = Date.UTC(2024, 0, 1)
export const GAP = 10 * 60_000
/** The client of rows that are only there to move a partition's clock. */
export const CLOCK = 'CLIENT_9999'

/** Ticket `i` of a client, `seconds` after the base. */
export const ticketAt = (i: number, client: string, seconds: number): Ticket => ({
  ticket_id: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  client_id: client,
  created_at: new Date(base + seconds * 1000),
  request: `request ${i}`,
  request_type: 'billing',
  priority: 'low',
})

/** Sends tickets to one partition, as a producer that keys by ticket. */
export async function sendTickets(brokers: readonly string[], topic: string, partition: number, tickets: readonly Ticket[]): Promise<void> {
  const producer = rawKafka(brokers).producer()
  await producer.connect()
  const messages = tickets.map((ticket) => ({ key: ticket.ticket_id, value: JSON.stringify(ticket), partition }))
  for (let at = 0; at < messages.length; at += 2000) await producer.send({ topic, messages: messages.slice(at, at + 2000) })
  await producer.disconnect()
}

export interface SessionRow {
  readonly window_start: Date
  readonly window_end: Date
  readonly client_id: string
  readonly tickets: number
}

const named = ({ client_id, window_start, window_end, tickets }: SessionRow) =>
  `${client_id} ${(window_start.getTime() - base) / 1000}-${(window_end.getTime() - base) / 1000}: ${tickets}`

/** Sessions in words, in order; the clock's left out. */
export const told = (rows: readonly SessionRow[]) =>
  rows
    .filter(({ client_id }) => client_id !== CLOCK)
    .map(named)
    .sort()

/** The sessions of these tickets by plain SQL, which knows nothing of streams. */
export async function reference(tickets: readonly Ticket[]): Promise<string[]> {
  const db = await (await DuckDBInstance.create()).connect()
  await db.run('CREATE TABLE t (client VARCHAR, ms BIGINT)')
  const appender = await db.createAppender('t')
  for (const { client_id, created_at } of tickets) {
    appender.appendVarchar(client_id)
    appender.appendBigInt(BigInt(created_at.getTime()))
    appender.endRow()
  }
  appender.closeSync()
  const read = await db.runAndReadAll(`
    WITH began AS (SELECT *, coalesce(ms - lag(ms) OVER w > ${GAP}, true) AS first FROM t WINDOW w AS (PARTITION BY client ORDER BY ms)),
    numbered AS (SELECT *, sum(first::INT) OVER (PARTITION BY client ORDER BY ms ROWS UNBOUNDED PRECEDING) AS n FROM began)
    SELECT client, min(ms)::BIGINT AS start, (max(ms) + ${GAP})::BIGINT AS stop, count(*)::BIGINT AS tickets FROM numbered GROUP BY client, n`)
  const rows = read.getRowObjectsJS().map(({ client, start, stop, tickets }) => ({
    client_id: String(client),
    window_start: new Date(Number(start)),
    window_end: new Date(Number(stop)),
    tickets: Number(tickets),
  }))
  db.closeSync()
  return told(rows)
}

type Options = Partial<Pick<PipelineOptions<Ticket, number>, 'range' | 'idleTimeout' | 'maxOutOfOrderness' | 'retries'>>

/** Dies at the `at`th record that it appends from now on: before it is there, or after. */
export function dying(log: ReturnType<typeof memoryLog>, at: number, when: 'before' | 'after') {
  let appended = 0
  return {
    ...log,
    async append(task: string, record: Parameters<typeof log.append>[1]) {
      if (task === 'runs' || ++appended < at) return log.append(task, record)
      if (when === 'after' && appended === at) await log.append(task, record)
      throw new Error('died')
    },
  }
}

/** A topic by ticket, a repartition by client, and what outlives the two pipelines around it. */
export async function world(brokers: readonly string[], { inputs = 3, partitions = 4 } = {}) {
  const [input, topic] = [unique('in'), unique('by-client')]
  await createTopic(brokers, input, inputs)
  const byClient: Repartition<Ticket> = repartition({ schema: Ticket, brokers, topic, partitions, key: 'client_id', replicationFactor: 1 })
  const staging = await folder()
  return { brokers, input, topic, byClient, staging, log: memoryLog() }
}

export const sessions = (rows: Parameters<Flows<Ticket>>[0]) =>
  rows.pipe(windowed(session({ gap: GAP }), { by: 'client_id', aggregate: { tickets: count() } }))

/** A reader behind the repartition, with its own group and log; run it as often as you like. */
export function reader(byClient: Repartition<Ticket>, until: 'never' | 'now' | 'complete' = 'now') {
  const [log, groupId] = [memoryLog(), unique('g')]
  const [shown, late, dead] = [memorySink<SessionRow>('sessions'), memorySink<LateRow>('late'), memorySink<DeadLetter>('dead')]
  const make = (options: Options = {}, through: typeof log = log) =>
    pipeline({
      name: 'sessions',
      source: byClient.source({ groupId, until, fetchWait: 50 }),
      log: through,
      late,
      deadLetters: dead,
      retries: 0,
      ...options,
      flows: (rows) => ({ sessions: sessions(rows).pipe(into(shown as never)) }),
    })
  return {
    log,
    shown,
    late,
    dead,
    run: (options?: Options, through?: typeof log) => make(options, through).run({ handleSignals: false }),
    live: (options?: Options) => live(make({ range: { time: '100ms' }, ...options })),
  }
}

/** Runs until it is stopped. */
export function live(made: ReturnType<typeof pipeline>) {
  const stop = new AbortController()
  const running = made.run({ handleSignals: false, signal: stop.signal })
  running.catch(() => {})
  return {
    stop: () => {
      stop.abort()
      return running
    },
  }
}

/** Waits for something that other processes bring about. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, ms = 90_000): Promise<void> {
  const deadline = Date.now() + ms
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`)
    await new Promise((done) => setTimeout(done, 50))
  }
}
