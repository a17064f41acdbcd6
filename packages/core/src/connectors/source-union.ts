import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import type { Source } from './source.ts'

/**
 * Combines several sources of one schema into one source that has all their partitions.
 *
 * Its `until` is `never` if any source has `never`, else `now` if any has `now`, else `complete`. Rows of one key can be in several sources, so it declares no `keyedBy`.
 *
 * @throws `OPTION_INVALID` without any source, or for two schemas; `run` rejects with it if two sources have a partition of the same name
 * @example
 * sources(jsonLines({ schema: Ticket, path: 'old.jsonl' }), kafkaSource({ schema: Ticket, topic: 'client_tickets', … }))
 */
// biome-ignore lint/suspicious/noExplicitAny: each keeps the positions of its own kind
export function sources<T>(...parts: readonly Source<T, any>[]): Source<T, Json> {
  const [first, ...others] = parts
  if (!first) throw new TicketsError('OPTION_INVALID', 'sources takes at least one source, got none')
  const odd = others.find(({ schema }) => schema !== first.schema)
  if (odd) throw new TicketsError('OPTION_INVALID', `sources takes sources of one schema, got ${first.schema.name} and ${odd.schema.name}`)
  const ends = parts.map(({ until }) => until)
  /** partition → whose it is. */
  const owners = new Map<string, Source<T, Json>>()
  const ownerOf = (partition: string) => {
    const owner = owners.get(partition)
    if (!owner) throw new TicketsError('SOURCE_MISSING', `none of ${parts.map(({ name }) => name).join(', ')} has a partition ${partition}`)
    return owner
  }
  return {
    name: parts.map(({ name }) => name).join('+'),
    schema: first.schema,
    mayShrink: parts.some(({ mayShrink }) => mayShrink === true),
    fixed: parts.every(({ fixed }) => fixed === true),
    until: ends.includes('never') ? 'never' : ends.includes('now') ? 'now' : 'complete',
    async describe() {
      const infos = await Promise.all(parts.map((part) => part.describe()))
      infos.forEach(({ partitions }, i) => {
        for (const { id } of partitions) {
          const owner = owners.get(id)
          if (owner && owner !== parts[i])
            throw new TicketsError(
              'OPTION_INVALID',
              `${owner.name} and ${parts[i]?.name} both have a partition ${id}: give their topics different names`,
            )
          owners.set(id, parts[i] as Source<T, Json>)
        }
      })
      return { topics: infos.flatMap(({ topics }) => topics), partitions: infos.flatMap(({ partitions }) => partitions) }
    },
    async partitions(on) {
      const open = await Promise.all(parts.map((part) => part.partitions(on)))
      return {
        async close() {
          for (const one of open) await one.close()
        },
      }
    },
    open: (partition, from, options) => ownerOf(partition).open(partition, from, options),
    async checkOffsets({ heads, ...log }) {
      for (const part of parts) {
        const own = Object.fromEntries(Object.entries(heads).filter(([partition]) => owners.get(partition) === part))
        await part.checkOffsets?.({ ...log, heads: own })
      }
    },
  }
}
