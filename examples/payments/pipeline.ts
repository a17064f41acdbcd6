import { join } from 'node:path'
import { type Batch, into, type Json, type PipelineOptions, pipeline, type Source } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { day, deltaSink, jsonSink, parquetSink } from '@tickets/sinks'
import { mysqlSink } from '@tickets/sinks/mysql'
import { type Observable, share } from 'rxjs'
import type { Blacklist } from './blacklist.ts'
import { checked } from './checks.ts'
import { tablesOf } from './tables.ts'
import { PARIS, type Transaction } from './transaction.ts'

/** What payments come from, and where they go. */
export interface PaymentsOptions {
  readonly source: Source<Transaction, Json>
  readonly blacklist: Blacklist
  /** The folder of the files and of the log. */
  readonly output: string
  readonly redactKey: string
  /** A database for the tables, beside the files. */
  readonly mysqlUrl?: string | undefined
  readonly range?: PipelineOptions<Transaction, Json>['range']
}

/** Makes the pipeline of payments. */
export function paymentsPipeline({ source, blacklist, output, redactKey, mysqlUrl, range = {} }: PaymentsOptions) {
  const at = (name: string) => join(output, name)
  /** Writes a table twice: as a Delta table, of which each commit is a version, and to the database. Both take what was counted once. */
  const write = <T>(name: string, rows: Observable<Batch<T>>) => {
    const shared = rows.pipe(share())
    return {
      [name]: shared.pipe(into(deltaSink(at(name)))),
      ...(mysqlUrl && { [`${name}_mysql`]: shared.pipe(into(mysqlSink({ url: mysqlUrl, table: name }))) }),
    }
  }
  return pipeline({
    name: 'payments',
    source,
    log: commitLog(at('log')),
    deadLetters: jsonSink(at('invalid')),
    late: jsonSink(at('late')),
    maxOutOfOrderness: '5 seconds',
    range,
    flows: (transactions) => {
      const payments = transactions.pipe(checked(blacklist, redactKey), share())
      const tables = Object.entries<Observable<Batch<unknown>>>(tablesOf(payments))
      return {
        payments: payments.pipe(into(parquetSink(at('payments'), { partitionBy: [day('paid_at', { timeZone: PARIS })] }))),
        ...Object.assign({}, ...tables.map(([name, rows]) => write(name, rows))),
      }
    },
  })
}
