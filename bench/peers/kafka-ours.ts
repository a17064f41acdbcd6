import { fileURLToPath } from 'node:url'
import type { Contestant, Topic } from '../contestant.ts'
import { nodeVersions, SMALL_HEAP } from './commands.ts'

function ours(processes: 1 | 2): Contestant<Topic> {
  const several = processes > 1
  return {
    name: several ? `kafka-tickets-${processes}` : 'kafka-tickets',
    title: `@tickets, from Kafka, ${several ? `${processes} processes` : '1 process'}`,
    from: 'kafka',
    tuning: `defaults${several ? ', one consumer group and one log; until the last process is done' : ''}; exactly once: files and commits synced to disk`,
    install: async () => nodeVersions(),
    run({ input: { brokers, topic }, out, scratch, id }) {
      const program = fileURLToPath(new URL('./kafka-ours.job.ts', import.meta.url))
      return { command: process.execPath, args: [program, brokers, topic, id, out, scratch, String(processes)] }
    },
  }
}

export const kafkaOurs = ours(1)
export const kafkaOursTwo = ours(2)

/** One process with less memory. */
export const kafkaOursSmall: Contestant<Topic> = {
  ...kafkaOurs,
  name: 'kafka-tickets-small',
  title: '@tickets, from Kafka, a small heap',
  tuning: `${SMALL_HEAP.NODE_OPTIONS}; the rest as above`,
  run: async (job) => ({ ...(await kafkaOurs.run(job)), env: SMALL_HEAP }),
}
