// One process of the group: all that scaling out takes is to start this several times, with one log and one group.
import { join } from 'node:path'
import { GENERATOR_DISORDER, pipeline, Ticket } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { kafkaSource } from '@tickets/kafka-source'
import { fileSink } from '@tickets/sinks'
import { share, tap } from 'rxjs'
import { fiveOutputs } from '../shared/five-outputs.ts'
import { main } from '../shared/main.ts'

/** What the process that starts it says. */
export interface Work {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly groupId: string
  readonly output: string
  /** Rows of a commit, of each partition. */
  readonly rows: number
}

await main(async () => {
  const { brokers, topic, groupId, output, rows } = JSON.parse(process.argv[2] ?? '{}') as Work
  const to = (name: string) => fileSink(join(output, name), { format: 'parquet', mode: 'overwrite' })
  const outputs = fiveOutputs(output, 'parquet', 'overwrite')
  await pipeline({
    name: 'scale-out',
    // A member that is killed is missed after the session's timeout.
    source: kafkaSource({ schema: Ticket, brokers, topic, groupId, until: 'now', sessionTimeout: '6s' }),
    log: commitLog(`${output}-log`),
    deadLetters: to('dead_letters'),
    late: to('late'),
    maxOutOfOrderness: GENERATOR_DISORDER,
    range: { rows },
    flows: (tickets) =>
      outputs(
        tickets.pipe(
          // How far it is, for the one that may kill it.
          tap((batch) => void process.send?.(batch.length)),
          share(),
        ),
      ),
  }).run()
  process.disconnect?.()
})
