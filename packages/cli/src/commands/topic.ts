import { TicketsError } from '@tickets/core/command-line'
import * as z from 'zod'
import { connectionFlags, connectionOf } from '../doctor/connection-flags.ts'
import { loadKafka } from '../doctor/kafka-checks.ts'
import type { CommandDefinition } from '../program/command.ts'
import { unknownName } from '../program/run-command.ts'
import { count } from '../text.ts'

const flags = z.object({
  ...connectionFlags,
  partitions: z.int().min(1).default(3).describe('partitions of a new topic'),
  replication: z.int().min(1).optional().describe('replicas of a new topic; as the broker says by default'),
  config: z.array(z.string()).default([]).describe('configuration of a new topic, such as retention.ms=86400000').meta({ placeholder: 'name=value' }),
  json: z.boolean().default(false).describe('print the result as one JSON object'),
})

/** Makes the command `topic`, which creates topics. */
export const topicCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'topic',
  description: 'Create a Kafka topic if it is not there. One that is there is left as it is. Ends when each partition has a leader.',
  examples: ['tickets topic create client_tickets --brokers localhost:9092 --partitions 6'],
  arguments: [
    ['<command>', 'create'],
    ['<topic>', 'name of the topic'],
  ],
  flags,
  prefix: 'TICKETS_TOPIC_',
  async run([command = '', topic = ''], { partitions, replication, config, json, ...connection }) {
    if (command !== 'create') throw unknownName('command', command, ['create'])
    const { ensureTopic } = await loadKafka()
    const made = await ensureTopic({
      ...connectionOf(connection),
      topic,
      partitions,
      config: Object.fromEntries(config.map(entryOf)),
      ...(replication === undefined ? {} : { replicationFactor: replication }),
    })
    print(
      json ? `${JSON.stringify(made)}\n` : `${topic} ${made.created ? 'was created' : 'is there already'}: ${count(made.partitions)} partitions\n`,
    )
    return 0
  },
})

function entryOf(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new TicketsError('OPTION_INVALID', `--config takes name=value, got ${JSON.stringify(text)}`)
  return [text.slice(0, at), text.slice(at + 1)]
}
