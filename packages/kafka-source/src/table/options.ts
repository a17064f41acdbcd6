import { type KeyedTableOptions, TicketsError } from '@tickets/core'
import type { KafkaSourceOptions } from '../source/options.ts'

/** The options of `kafkaTable`: those of a connection and of reading, as for `kafkaSource`, and the table's own. */
export interface KafkaTableOptions<Row, K extends keyof Row & string>
  extends Omit<
      KafkaSourceOptions<Row>,
      'groupId' | 'topics' | 'until' | 'keyedBy' | 'format' | 'sessionTimeout' | 'heartbeatInterval' | 'rebalanceTimeout'
    >,
    Pick<KeyedTableOptions<Row, K>, 'key' | 'partitions' | 'idleTimeout'> {
  /** The topic, usually a compacted one. Its messages have the row's key as their key. */
  readonly topic: string
  /**
   * `debezium`: values are events of Debezium, `{ before, after, op, source, ts_ms }`, by themselves or as the `payload` of `{ schema, payload }`. By default
   * a value is a row.
   */
  readonly envelope?: 'debezium'
}

/** Returns the envelope. Throws `OPTION_INVALID` for one that is not known. */
export function envelopeOf(envelope: unknown): 'debezium' | null {
  if (envelope === undefined || envelope === 'debezium') return envelope ?? null
  throw new TicketsError('OPTION_INVALID', `envelope is 'debezium' or left out, got ${JSON.stringify(envelope)}`)
}
