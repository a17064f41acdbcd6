// Payments of a shop into running totals, days and fraud alerts: node examples/payments/payments.ts
// Makes payments up, or reads --input FILE or --brokers HOST:PORT. It reads what is there and ends; run it again to continue.
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TicketsError } from '@tickets/core'
import { jsonLines } from '@tickets/core/node'
import { kafkaSource, kafkaTable } from '@tickets/kafka-source'
import { avro } from '@tickets/kafka-source/registry'
import { main } from '../shared/main.ts'
import { Block, blacklistFile } from './blacklist.ts'
import { shop } from './generator.ts'
import { paymentsPipeline } from './pipeline.ts'
import { type Settings, settings } from './settings.ts'
import { Transaction } from './transaction.ts'

/** Writes payments that are made up, once, and returns the paths of the two files. */
async function madeUp(folder: string): Promise<readonly [string, string]> {
  const paths = [join(folder, 'transactions.jsonl'), join(folder, 'blacklist.jsonl')] as const
  await mkdir(folder, { recursive: true })
  const { transactions, blacklist } = shop(5_000)
  for (const [i, rows] of [transactions, blacklist].entries())
    if (!existsSync(`${paths[i]}`)) await writeFile(`${paths[i]}`, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return paths
}

async function inputs({ brokers, input, blacklist, output, topic, blacklistTopic, registry, retryFor }: Settings) {
  if (brokers) {
    const format = registry === undefined ? {} : { format: avro({ registry }) }
    return {
      source: kafkaSource({ schema: Transaction, brokers, topic, groupId: topic, until: 'now', retryFor, sessionTimeout: '10 seconds', ...format }),
      blacklist: kafkaTable({ schema: Block, brokers, topic: blacklistTopic, key: 'user_id', partitions: 'all', retryFor }),
    }
  }
  const [transactions, blocks] = input === undefined ? await madeUp(join(output, 'made-up')) : [input, blacklist]
  if (blocks === undefined) throw new TicketsError('OPTION_INVALID', 'say where the blacklist is: --blacklist FILE')
  const complete = input === undefined
  return { source: jsonLines(transactions, { schema: Transaction, complete }), blacklist: blacklistFile(blocks, complete) }
}

await main(async () => {
  const given = settings()
  const { output, commitRows, redactKey, mysqlUrl } = given
  const isMadeUp = given.brokers === undefined && given.input === undefined
  const key = redactKey?.reveal() ?? (isMadeUp ? 'a key for people who are made up' : null)
  if (key === null) throw new TicketsError('OPTION_INVALID', 'set REDACT_KEY to 16 bytes or more: hashes of users are made with it')
  const options = { ...(await inputs(given)), output, redactKey: key, mysqlUrl: mysqlUrl?.reveal(), range: { rows: commitRows } }
  const { rows, rejected, late, written } = await paymentsPipeline(options).run()
  console.log(`${rows} transactions read, ${rejected} rejected, ${Object.values(late).reduce((sum, n) => sum + n, 0)} late`)
  for (const [name, count] of Object.entries(written).filter(([name]) => !name.startsWith('@')))
    console.log(`${String(count).padStart(8)} rows to ${name}`)
})
