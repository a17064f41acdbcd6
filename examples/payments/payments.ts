// Payments with a nested user and a list of products into Parquet and a star schema: node examples/payments/payments.ts --input payments.jsonl
// Reads what is there and ends. Run it again to continue where it stopped.
import { TicketsError } from '@tickets/core'
import { jsonLines } from '@tickets/core/node'
import { kafkaSource } from '@tickets/kafka-source'
import { avro } from '@tickets/kafka-source/registry'
import { mysql } from '@tickets/sinks/mysql'
import { postgres } from '@tickets/sinks/postgres'
import { main } from '../shared/main.ts'
import { paymentsPipeline } from './pipeline.ts'
import { settings } from './settings.ts'
import { Transaction } from './transaction.ts'

await main(async () => {
  const { input, brokers, topic, registry, retryFor, output, redactKey, mysqlUrl, postgresUrl } = settings()
  if (input === undefined && brokers === undefined)
    throw new TicketsError('OPTION_INVALID', 'say where the payments come from: --input FILE or --brokers HOST:PORT')
  const source =
    input === undefined
      ? kafkaSource({ schema: Transaction, brokers: brokers ?? [], topic, format: avro({ registry }), groupId: 'payments', until: 'now', retryFor })
      : jsonLines(input, { schema: Transaction })
  const { rows, rejected, written } = await paymentsPipeline(source, {
    output,
    redactKey: redactKey.reveal(),
    databases: {
      ...(mysqlUrl ? { mysql: mysql({ url: mysqlUrl.reveal() }) } : {}),
      ...(postgresUrl ? { postgres: postgres({ url: postgresUrl.reveal() }) } : {}),
    },
  }).run()
  console.log(`${rows} payments, ${rejected} rejected; rows written: ${JSON.stringify(written)}`)
})
