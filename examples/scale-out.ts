// The same tickets by 1, 2 and 4 processes of one consumer group, then by 4 of which one is killed: equal results, read back with DuckDB.
//   npx -y pnpm@12 broker                                  prints the address of a broker
//   node examples/scale-out.ts --brokers localhost:9092 --tickets 400000
import { join, resolve } from 'node:path'
import { Ticket } from '@tickets/core'
import { kafkaSource } from '@tickets/kafka-source'
import { runGroup } from './scale-out/group.ts'
import { differences, type Found, found } from './scale-out/results.ts'
import { fill } from './scale-out/topic.ts'
import { main } from './shared/main.ts'
import { settings } from './shared/settings.ts'
import { drawn } from './shared/summary.ts'

const runs = [
  { name: '1 process', processes: 1, kill: false },
  { name: '2 processes', processes: 2, kill: false },
  { name: '4 processes', processes: 4, kill: false },
  { name: '4, one killed', processes: 4, kill: true },
]
const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

await main(async () => {
  const flags = ['brokers', 'topic', 'tickets', 'seed', 'output', 'json'] as const
  const defaults = { brokers: ['localhost:9092'], topic: 'scale_out', tickets: 400_000, output: 'data/scale-out' }
  const given = settings('scale-out', 'The same tickets by 1, 2 and 4 processes of one consumer group, one of them killed', flags, defaults)
  const { tickets, seed, json } = given
  const brokers = given.brokers ?? []
  const topic = await fill({ brokers, topic: `${given.topic}-${tickets}-${seed}`, tickets, seed })
  const { partitions } = await kafkaSource({ schema: Ticket, brokers, topic, groupId: 'scale-out' }).describe()
  console.error(`${topic}: ${number.format(tickets)} tickets in ${partitions.length} partitions`)

  const results: { name: string; seconds: number; killed: number; found: Found }[] = []
  for (const [i, { name, processes, kill }] of runs.entries()) {
    const output = join(resolve(given.output), String(i + 1))
    const { seconds, killed } = await runGroup({ brokers, topic, output, tickets, processes, killAfter: kill ? Math.floor(tickets / 16) : null })
    results.push({ name, seconds, killed, found: await found(output) })
    console.error(`${name}: ${number.format(seconds)} s${killed > 0 ? ', one killed with SIGKILL on its way' : ''}`)
  }

  const row = (title: string, of: (result: (typeof results)[number]) => number) => [title, ...results.map((result) => number.format(of(result)))]
  const [first] = results
  const types = Object.keys(first?.found.by_type ?? {})
  const priorities = Object.keys(first?.found.by_priority ?? {})
  const lines = [
    ['', ...results.map(({ name }) => name)],
    row('tickets', (r) => r.found.tickets),
    row('late', (r) => r.found.late),
    ...types.map((type) => row(`type ${type}`, (r) => r.found.by_type[type] ?? 0)),
    ...priorities.map((priority) => row(`priority ${priority}`, (r) => r.found.by_priority[priority] ?? 0)),
    row('windows by type', (r) => r.found.windows_by_type),
    row('windows by priority', (r) => r.found.windows_by_priority),
    ['all rows', ...results.map(({ found: { digest } }) => (digest === first?.found.digest ? 'the same' : 'DIFFERENT'))],
    row('seconds', (r) => r.seconds),
    row('tickets a second', (r) => Math.round(tickets / r.seconds)),
  ]
  console.log(drawn(lines, [1, 3, 3 + types.length, 3 + types.length + priorities.length, lines.length - 2]))
  if (json) console.log(JSON.stringify(results))
  const wrong = results.flatMap(({ name, found }) => differences(name, found, { tickets, seed, like: first?.found.digest ?? '' }))
  if (wrong.length > 0) throw new Error(`the results are not equal: ${wrong.join('; ')}`)
})
