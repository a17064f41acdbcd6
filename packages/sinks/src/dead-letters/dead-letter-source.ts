import { type PartitionInfo, type Schema, type Source, type Storage, TicketsError } from '@tickets/core'
import { storageAt } from '../disk/disk-storage.ts'
import { below, DeadLetterReader, lettersChanged, type Passed } from './dead-letter-reader.ts'
import { LetterIndexer } from './letter-index.ts'

/** Settings of `deadLetterSource`. */
export interface DeadLetterSourceOptions<T> {
  /** What the messages are now: the schema that rejected them, after the fix. */
  readonly schema: Schema<T>
}

/**
 * Creates a source of the messages that a pipeline rejected, from the dataset of its `deadLetters`: their own bytes, keys, times and positions, and a
 * header `replayed` that is `true`. Its partitions are those of the source that had them, and a position is that of the message, so that the commits of a
 * pipeline make a replay exact: each message counts once, whatever dies, and a run that finds no new dead letters changes nothing.
 *
 * Rows that flows made and that could not be written are dead letters too, and no messages: they are left out.
 *
 * @throws later: `TARGET_UNUSABLE` where there is no dataset; `SCHEMA_MISMATCH` where it holds other rows; `SOURCE_CHANGED` where dead letters appeared
 * below a position that was read, as a backfill adds them
 * @example
 * deadLetterSource('data/dead', { schema: Ticket }).until // 'now'
 */
export function deadLetterSource<T>(dir: string | Storage, { schema }: DeadLetterSourceOptions<T>): Source<T, number> {
  const dataset = storageAt(dir)
  const indexer = new LetterIndexer(dataset)
  let described: readonly string[] | undefined
  return {
    name: 'deadLetters',
    schema,
    until: 'now',
    async describe() {
      const { log, partitions } = await indexer.index()
      const infos = [...partitions.values()].map(({ id, topic, places }): PartitionInfo<number> => {
        return { id, topic, earliest: 0, start: 0, end: (places.at(-1)?.position ?? -1) + 1 }
      })
      described = infos.map(({ id }) => id)
      return { topics: [...new Set(infos.map(({ topic }) => topic))].map((name) => ({ name, id: log })), partitions: infos }
    },
    async partitions(on) {
      on.assigned(described ?? [...(await indexer.index()).partitions.keys()])
      return { close: async () => {} }
    },
    async open(id, from, { to, maxFuture, reference, memory }) {
      const { partitions } = await indexer.index()
      const partition = partitions.get(id)
      if (!partition)
        throw new TicketsError('SOURCE_MISSING', `${dataset.location} has no dead letters of ${id}, only of ${[...partitions.keys()].join(', ')}`)
      const end = (partition.places.at(-1)?.position ?? -1) + 1
      if (Math.max(from, to ?? from) > end)
        throw new TicketsError(
          'POSITION_AHEAD',
          `the last dead letter of ${id} in ${dataset.location} is at ${end - 1}, and reading is to continue at ${from}: it was cut or replaced. Restore it, or replay with a new log`,
        )
      const now = below(partition.places, from)
      const passed = (memory as Passed | undefined)?.letters ?? now
      if (now !== passed) throw lettersChanged(dataset, id, from, { now, passed })
      const refresh = async () => (await indexer.index()).partitions.get(id)
      return new DeadLetterReader({ dataset, schema, from, to, partition, refresh, maxFuture, ...(reference === undefined ? {} : { reference }) })
    },
  }
}
