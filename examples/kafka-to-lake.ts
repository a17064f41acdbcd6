// Tickets from Kafka into five datasets, for as long as it runs: node examples/kafka-to-lake.ts --brokers localhost:9092
// Ctrl-C commits what was read and stops. Start it in several processes with one log to share the partitions.
import { GENERATOR_DISORDER, pipeline, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { kafkaSource } from '@tickets/kafka-source'
import { fileSink } from '@tickets/sinks'
import { fiveOutputs } from './shared/five-outputs.ts'
import { main } from './shared/main.ts'
import { withProgress } from './shared/progress.ts'
import { settings } from './shared/settings.ts'

await main(async () => {
  const { brokers, topic, retryFor, output, format } = settings(
    'kafka-to-lake',
    'Tickets from Kafka into five datasets',
    ['brokers', 'topic', 'retryFor', 'output', 'format'],
    {
      brokers: ['localhost:9092'],
    },
  )
  const { rows, rejected, how } = await withProgress(
    `${topic} to ${output}, Ctrl-C to stop`,
    ({ rows, lag }) => (lag === null ? 0 : rows / Math.max(1, rows + lag)),
    (onProgress) =>
      pipeline({
        name: 'kafka-to-lake',
        source: kafkaSource({ schema: Ticket, brokers: brokers ?? [], topic, groupId: 'kafka-to-lake', retryFor }),
        log: commitLog(`${output}-log`),
        deadLetters: fileSink(`${output}/dead_letters`, { format }),
        late: fileSink(`${output}/late`, { format }),
        maxOutOfOrderness: GENERATOR_DISORDER,
        // Files every ten seconds: fresh enough to look at, few enough to read.
        range: { time: '10 seconds' },
        onProgress,
        flows: fiveOutputs(output, format),
      }).run(),
  )
  console.log(`${how}: ${rows} messages read, ${rejected} of them rejected, committed to ${output}`)
})
