import { openSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { assignTeam, highPriority, into, pipeline, type Sink, Ticket, type Writer } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { deadLetterTopic, kafkaSink, kafkaSource } from '@tickets/kafka-source'
import { monitor, serveMonitor } from '@tickets/monitor'
import { type FileOptions, jsonSink } from '@tickets/sinks'
import { lakeFlows, type MakeFiles, ticketFlows } from '../crash/ticket-flows.ts'
import { type Answer, type Leak, type MemberConfig, type Question, SESSION_TIMEOUT_S } from './config.ts'

/** One process of the soaked pipeline: the flows of the crash campaign, with metrics, a lake that is compacted, and topics that it writes to. */
const config = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as MemberConfig
const { brokers, topic, home, topics, until } = config

/** Milliseconds that each write to the slow sink takes. */
let slow = 0
const delays = monitorEventLoopDelay({ resolution: 10 })
delays.enable()
const say = (answer: Answer) => void process.send?.(answer)

process.on('message', (question: Question) => {
  if ('slow' in question) {
    slow = question.slow
    return
  }
  const { heapUsed, external } = process.memoryUsage()
  say({ heap: heapUsed, external, loopDelay: Number((delays.percentile(99) / 1e6).toFixed(1)) })
  delays.reset()
})

/** A sink whose writes wait while the script says so. */
function slowed<T>(sink: Sink<T>): Sink<T> {
  return {
    ...sink,
    async open(on, schema) {
      const writer = await sink.open(on, schema)
      const waiting: Writer<T> = {
        async write(batch) {
          if (slow > 0) await sleep(slow)
          await writer.write(batch)
        },
        stage: (n, attempt, range) => writer.stage(n, attempt, range),
        publish: (staged) => writer.publish(staged),
        sweep: (head) => writer.sweep(head),
        close: () => writer.close(),
      }
      return waiting
    },
  }
}

const kept: unknown[] = []
/** What a leak does ten times a second. */
const leaking: Readonly<Record<Leak, () => Promise<void> | void>> = {
  memory: () => void kept.push(Array.from({ length: 40_000 }, (_, i) => ({ i }))),
  handles: () => void kept.push(openSync(process.execPath, 'r')),
  async files() {
    const folder = join(home, 'lake', 'tickets', '.staging', 'leak')
    await mkdir(folder, { recursive: true })
    for (let i = 0; i < 5; i++) await writeFile(join(folder, `${kept.push(i)}.tmp`), '')
  },
}
for (const leak of config.leak) setInterval(() => void leaking[leak](), 100).unref()

const options: FileOptions = { compact: { every: config.compactEvery } }
const to = (folder: string) => (make: MakeFiles, name: string) => {
  const sink = make(join(home, folder, name), options)
  return name === 'tickets_with_assignment' ? slowed(sink) : sink
}
const sent = (name: string) => ({ brokers, topic: name, staging: join(home, 'sent', name), retryFor: 60_000 })

const watched = monitor()
const server = await serveMonitor(watched, { port: 0 })
say({ url: server.url })
await pipeline({
  name: 'soak',
  source: kafkaSource({
    schema: Ticket,
    brokers,
    topic,
    groupId: config.group,
    until,
    sessionTimeout: `${SESSION_TIMEOUT_S}s`,
    rebalanceTimeout: '10s',
  }),
  log: commitLog(join(home, 'log')),
  // Those of the check.
  maxOutOfOrderness: '2 seconds',
  // With a day of them, the default, state would grow for a day.
  keepFor: '2 minutes',
  range: { time: config.range },
  deadLetters: deadLetterTopic(sent(topics.dead)),
  late: to('out')(jsonSink, 'late'),
  telemetry: watched,
  logger: { debug: () => {}, info: () => {}, warn: console.error, error: console.error },
  flows: (tickets) => ({
    ...ticketFlows(tickets, to('out')),
    ...lakeFlows(tickets, to('lake')),
    sent: tickets.pipe(highPriority(), assignTeam(), into(kafkaSink({ ...sent(topics.high), key: 'client_id' }))),
  }),
}).run()
await server.close()
process.disconnect?.()
