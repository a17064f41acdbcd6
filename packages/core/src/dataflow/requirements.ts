import { TicketsError } from '../base/errors.ts'
import type { Source } from '../connectors/source.ts'
import type { Requirements } from './scope.ts'

/** Refuses what the operators of a graph cannot do with this source (docs/internals/protocol.md#4.6). Throws `OPTION_INVALID`, naming the operator. */
export function checkRequirements<T>(
  graph: { readonly requirements: ReadonlyMap<string, Requirements> },
  source: Pick<Source<T, never>, 'name' | 'until' | 'keyedBy'>,
  partitions: number,
): void {
  for (const [operator, { keyedBy, bounded, joins }] of graph.requirements) {
    if (bounded && source.until === 'never')
      throw new TicketsError(
        'OPTION_INVALID',
        `${operator} has a global window, which closes at the source's end, and ${source.name} has none: use emit: 'updates', or windows of a size`,
      )
    if (joins && partitions > 1) checkJoined(operator, source, joins)
    if (!keyedBy || partitions <= 1) continue
    const { keyedBy: spread = [] } = source
    if (spread.length > 0 && spread.every((column) => keyedBy.includes(column))) continue
    const has = spread.length > 0 ? `is keyed by ${spread.join(', ')}` : 'does not say what its partitions are keyed by'
    throw new TicketsError(
      'OPTION_INVALID',
      `${operator} keeps rows together by ${keyedBy.join(', ')} inside of a partition, and ${source.name} has ${partitions} of them and ${has}: group by the source's key and declare it with \`keyedBy\`, or send the rows through \`repartition\` of @tickets/kafka-source`,
    )
  }
}

/** Refuses to join rows with those of another source that may be in a partition of another number. */
function checkJoined(operator: string, own: Pick<Source<unknown, never>, 'name'>, { source, keyedBy }: NonNullable<Requirements['joins']>): void {
  const { keyedBy: spread = [] } = source
  if (spread.length > 0 && spread.every((column) => keyedBy.includes(column))) return
  const has = spread.length > 0 ? `is keyed by ${spread.join(', ')}` : 'does not say what its partitions are keyed by'
  throw new TicketsError(
    'OPTION_INVALID',
    `${operator} joins rows of ${own.name} with those of ${source.name} in the partition of the same number, and ${source.name} ${has}: key it by ${keyedBy.join(', ')} with the same partitioner, and declare that with \`keyedBy\``,
  )
}
