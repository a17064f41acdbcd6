import { join } from 'node:path'
import { pipeline, type Source } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { fileSink } from '@tickets/sinks'
import type { SqlDatabase } from '@tickets/sinks/mysql'
import { datasets } from './datasets.ts'
import { star } from './star.ts'
import type { Transaction } from './transaction.ts'

/** Where payments go. */
export interface Targets {
  /** The folder of the datasets and of the log. */
  readonly output: string
  readonly redactKey: string
  /** Databases for the star schema, by a name for their flows. */
  readonly databases: Readonly<Record<string, SqlDatabase>>
}

/** Makes the pipeline of payments. */
export function paymentsPipeline(source: Source<Transaction, number>, { output, redactKey, databases }: Targets) {
  return pipeline({
    name: 'payments',
    source,
    log: commitLog(join(output, 'log')),
    deadLetters: fileSink(join(output, 'invalid'), { format: 'json' }),
    maxOutOfOrderness: '5 seconds',
    flows: (payments) => ({
      ...datasets(payments, output, redactKey),
      ...Object.assign({}, ...Object.entries(databases).map(([name, database]) => star(payments, database, name))),
    }),
  })
}
