import type { Reader } from '@tickets/core'

/** The same reader, which ends where `hasEnded` says so and all there is was read. */
export function ending<T>(reader: Reader<T, number>, hasEnded: () => boolean): Reader<T, number> {
  let isAtEnd = false
  return {
    async read(max) {
      if (isAtEnd && hasEnded()) return 'end'
      const chunk = await reader.read(max)
      // The transaction that carried the last mark ends in a control record, which is passed first.
      isAtEnd = chunk !== 'end' && chunk.lag === 0 && chunk.batch.length === 0
      return chunk
    },
    commit: async (position, note) => reader.commit?.(position, note),
    close: () => reader.close(),
  }
}
