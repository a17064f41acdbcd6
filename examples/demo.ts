// `npx -y pnpm@12 demo`: tickets from the generator, a file or Kafka into five datasets, and a summary read back from the files.
import { join, resolve } from 'node:path'
import { GENERATOR_DISORDER, generator, pipeline, type Source, Ticket } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { kafkaSource } from '@tickets/kafka-source'
import { fileSink } from '@tickets/sinks'
import { deleteLog, requireTicket, sameFormat } from './shared/checks.ts'
import { fiveOutputs } from './shared/five-outputs.ts'
import { main } from './shared/main.ts'
import { withProgress } from './shared/progress.ts'
import { type Settings, settings } from './shared/settings.ts'
import { asTable, summarize, ticketsIn } from './shared/summary.ts'

const flags = ['brokers', 'topic', 'retryFor', 'input', 'tickets', 'rate', 'seed', 'output', 'format', 'resume', 'json'] as const

function sourceOf({ brokers, topic, retryFor, input, tickets, rate, seed }: Settings): Source<Ticket> {
  if (brokers) return kafkaSource({ schema: Ticket, brokers, topic, groupId: 'tickets-demo', until: 'now', retryFor })
  if (input) return jsonLines(input, { schema: Ticket, complete: true })
  return generator({ tickets, rate, seed })
}

await main(async () => {
  const given = settings('demo', 'Tickets into five datasets, and a summary read back from the files', flags)
  const { format, resume, json, input } = given
  const output = resolve(given.output)
  const log = `${output}-log`
  const source = sourceOf(given)
  // Whatever can be refused is refused before the last run's log is deleted.
  const { partitions } = await source.describe()
  if (input) await requireTicket(source, input)
  if (resume) await sameFormat(output, format)
  else await deleteLog(log)
  const before = resume ? await ticketsIn(output, format) : 0
  const mode = resume ? 'append' : 'overwrite'
  const to = (name: string) => fileSink(join(output, name), { format, mode })
  const all = partitions.reduce((sum, { start, end }) => sum + end - start, 0)
  const { seconds, how } = await withProgress(
    `${input ?? source.name} to ${given.output}`,
    ({ lag }) => (lag === null ? 0 : 1 - lag / Math.max(1, all)),
    (onProgress) =>
      pipeline({
        name: 'demo',
        source,
        log: commitLog(log),
        deadLetters: to('dead_letters'),
        late: to('late'),
        maxOutOfOrderness: GENERATOR_DISORDER,
        onProgress,
        flows: fiveOutputs(output, format, mode),
      }).run(),
  )
  const summary = await summarize(output, format, seconds, before)
  if (how === 'stopped') console.log('Stopped early: --resume continues from here.')
  console.log(asTable(summary))
  if (json) console.log(JSON.stringify(summary))
})
