import { TicketsError } from '@tickets/core'
import type { Kafka } from './client.ts'
import { partitionId } from './positions.ts'

export interface LogState {
  readonly id: string
  readonly fresh: boolean
  readonly heads: Readonly<Record<string, number | null>>
}

/** Refuses a group whose offsets another log left, or that are ahead of this log's records (protocol 1.3): a second log would repeat everything. */
export async function checkGroupOffsets(kafka: Kafka, groupId: string, topics: readonly string[], log: LogState): Promise<void> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const answer = await admin.fetchOffsets({ groupId, topics: [...topics] })
    for (const { topic, partitions } of answer) {
      for (const { partition, offset, metadata } of partitions) {
        const committed = Number(offset)
        if (committed < 0) continue
        const id = partitionId(topic, partition)
        const head = log.heads[id] ?? null
        if (log.fresh && head === null) continue
        const found = metadata ? `log ${metadata}` : 'a program without a log of ours'
        if (metadata !== log.id) {
          const message = `The group "${groupId}" has offset ${committed} for ${id} from ${found}, and this log is ${log.id}: use that log, or another groupId, or start over with mode 'overwrite' and a fresh log`
          throw new TicketsError('OFFSETS_FOREIGN', message)
        }
        if (head === null || committed > head) {
          const message = `The group "${groupId}" has offset ${committed} for ${id}, and the log's last record ${head === null ? 'is missing' : `ends at ${head}`}: records were lost. Restore the log, or start over with mode 'overwrite', a fresh log and another groupId`
          throw new TicketsError('OFFSETS_FOREIGN', message)
        }
      }
    }
  } finally {
    await admin.disconnect()
  }
}
