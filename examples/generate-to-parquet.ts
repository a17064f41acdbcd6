// Tickets from the generator into Parquet files, no broker needed: node examples/generate-to-parquet.ts --tickets 10000
import { assignTeam, GENERATOR_DISORDER, generator, into, pipeline, ticketMetrics } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import { main } from './shared/main.ts'
import { withProgress } from './shared/progress.ts'
import { settings } from './shared/settings.ts'

await main(async () => {
  const { tickets, rate, seed, output } = settings(
    'generate-to-parquet',
    'Generated tickets into Parquet files',
    ['tickets', 'rate', 'seed', 'output'],
    {
      output: 'data/generated',
    },
  )
  const { rows, seconds } = await withProgress(
    `${tickets} tickets to ${output}`,
    ({ rows }) => rows / tickets,
    (onProgress) =>
      pipeline({
        name: 'generate-to-parquet',
        source: generator({ tickets, rate, seed }),
        // Run it again: it resumes from this log, finds no new tickets, and leaves the files unchanged. Delete the log to start over.
        log: commitLog(`${output}-log`),
        maxOutOfOrderness: GENERATOR_DISORDER,
        onProgress,
        flows: (all) => ({
          tickets: all.pipe(assignTeam(), into(parquetSink(`${output}/tickets`, { compression: 'zstd', mode: 'overwrite' }))),
          metrics: all.pipe(ticketMetrics(), into(parquetSink(`${output}/metrics`, { mode: 'overwrite' }))),
        }),
      }).run(),
  )
  console.log(`${rows} tickets in ${seconds.toFixed(1)} s, as Parquet in ${output}/tickets and ${output}/metrics`)
})
