import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  assignTeam,
  count,
  countWhere,
  highPriority,
  into,
  type Message,
  pipeline,
  Ticket,
  ticketMetrics,
  ticketStream,
  tumbling,
  windowed,
} from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { dashboard, serveMonitor } from '@tickets/monitor'
import { jsonSink, parquetSink } from '@tickets/sinks'
import { fastClock } from './fast-clock.ts'

// A pipeline with a dashboard, in a process of its own: three partitions, the last of which has no more rows after a while. It prints its address, and
// once it is stopped its summary. Started again over the same folder with the same `start`, at a speed so high that all messages are there, it resumes.
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: 'data' },
    port: { type: 'string', default: '0' },
    start: { type: 'string', default: new Date(Date.now() - 480_000).toISOString() },
    tickets: { type: 'string', default: '5000' },
    speed: { type: 'string', default: '20' },
    // From this ticket on, the last partition has none.
    quiet: { type: 'string', default: '2760' },
  },
})
const start = Date.parse(values.start)
const clock = fastClock(start, Number(values.speed))

/** Milliseconds between tickets on average, and how far their times are out of order. */
const SPACING = 100
const DISORDER = 6_000
/** Every so many messages one is invalid, in three ways. */
const INVALID_EVERY = 150

const all = [...ticketStream({ tickets: Number(values.tickets), seed: 16, start: values.start, spacing: SPACING, disorder: DISORDER })]

/** Returns the value of a message. The invalid ones hold what must never be on a page. */
function messageOf(ticket: Ticket, i: number): object | string {
  if (i % INVALID_EVERY !== INVALID_EVERY - 1) return ticket
  const kind = Math.floor(i / INVALID_EVERY) % 3
  if (kind === 0) return { ...ticket, priority: 'canary-7f3a' }
  return kind === 1 ? 'canary-7f3a is not JSON' : { ...ticket, client_id: 'canary-7f3a' }
}

const partitions: Message[][] = [[], [], []]
let next = 0
/** Tickets come as their times come, more of them in the middle of each two minutes. */
function arrive(): void {
  const seconds = (clock.now() - start) / 1000
  const due = Math.floor((seconds * 1000 - 12_000 - 9_000 * Math.sin(seconds / 19) - 2_000 * Math.sin(seconds / 5)) / SPACING)
  for (; next < Math.min(due, all.length); next++) {
    const ticket = all[next]
    const isQuiet = next >= Number(values.quiet)
    const to = partitions[isQuiet ? next % 2 : next % 3]
    if (ticket && to) to.push({ ...(messagesOf([messageOf(ticket, next)])[0] as Message), offset: to.length })
  }
}
arrive()
setInterval(arrive, 50).unref()

await mkdir(values.folder, { recursive: true })
const at = (name: string) => join(values.folder, name)
const live = dashboard()
const server = await serveMonitor(live, { port: Number(values.port) })
console.log(JSON.stringify({ url: server.url, start: values.start }))
process.once('SIGTERM', () => server.close())

const minute = tumbling({ size: '1 minute' })
const aggregate = { tickets: count() }
const { rows, rejected, late, written } = await pipeline({
  name: 'support-tickets',
  source: memorySource({ schema: Ticket, topic: 'tickets', partitions, until: 'never' }),
  log: commitLog(at('log')),
  maxOutOfOrderness: '3 seconds',
  idleTimeout: '10 minutes',
  range: { time: '4 seconds' },
  deadLetters: live.rejections(jsonSink(at('dead_letters')), Ticket),
  late: jsonSink(at('late')),
  telemetry: live,
  clock,
  flows: (tickets) => ({
    tickets: tickets.pipe(assignTeam(), into(parquetSink(at('tickets')))),
    urgent: tickets.pipe(highPriority(), into(jsonSink(at('urgent')))),
    metrics: tickets.pipe(ticketMetrics(minute), into(parquetSink(at('metrics')))),
    by_type: tickets.pipe(
      windowed(minute, { by: 'request_type', aggregate, emit: 'updates' }),
      into(live.panel(parquetSink(at('by_type')), { title: 'Tickets by type', value: 'tickets', by: 'request_type' })),
    ),
    by_priority: tickets.pipe(
      windowed(minute, { by: 'priority', aggregate, emit: 'updates' }),
      into(live.panel(parquetSink(at('by_priority')), { title: 'Tickets by priority', value: 'tickets', by: 'priority' })),
    ),
    critical: tickets.pipe(
      windowed(minute, { aggregate: { critical: countWhere('priority', 'critical') }, emit: 'updates' }),
      into(live.panel(parquetSink(at('critical')), { title: 'Critical tickets', value: 'critical' })),
    ),
  }),
}).run()
console.log(JSON.stringify({ rows, rejected, late, written }))
