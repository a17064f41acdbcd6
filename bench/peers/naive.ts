import { fileURLToPath } from 'node:url'
import type { Contestant, Topic } from '../contestant.ts'
import { nodeCommand, nodeVersions } from './commands.ts'

const tuning = 'JSON.parse, zod, one RxJS event a row, vectorFromArray, parquet-wasm; at most once, 100,000 rows a file'

export const naive: Contestant<string> = {
  name: 'naive',
  title: 'naive Node, from a file',
  from: 'file',
  tuning: `readline, ${tuning}`,
  most: 1_000_000,
  install: async () => nodeVersions(),
  run: (job) => nodeCommand('./naive.job.ts', job),
}

export const naiveKafka: Contestant<Topic> = {
  name: 'naive-kafka',
  title: 'naive Node, kafkajs',
  from: 'kafka',
  tuning: `kafkajs eachMessage, ${tuning}`,
  most: 1_000_000,
  install: async () => nodeVersions(),
  run: ({ input, out, id, rows }) => ({
    command: process.execPath,
    args: [fileURLToPath(new URL('./naive-kafka.job.ts', import.meta.url)), input.brokers, input.topic, out, id, String(rows)],
  }),
}
