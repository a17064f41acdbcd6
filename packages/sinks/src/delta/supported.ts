import { TicketsError } from '@tickets/core'
import type { TableState } from './table-state.ts'

/** What a writer of version 2 of the protocol may have to obey, under the names of version 7. */
const KNOWN_FEATURES: readonly string[] = ['appendOnly', 'invariants']
const READER = 1
const WRITER = 2
/** The versions that name their features. */
const [READER_FEATURES, WRITER_FEATURES] = [3, 7]

/** What writers of each version must know, beside what those of the version before do. */
const BY_VERSION: Readonly<Record<number, readonly string[]>> = {
  3: ['checkConstraints'],
  4: ['changeDataFeed', 'generatedColumns'],
  5: ['columnMapping'],
  6: ['identityColumns'],
}
const featuresOf = (version: number) =>
  Object.entries(BY_VERSION)
    .flatMap(([since, names]) => (Number(since) <= version ? names : []))
    .join(', ')

/** Throws `TARGET_UNUSABLE` for a table that has something which this sink does not know, by its name: writing to it could break it. */
export function checkSupported({ protocol, metaData }: TableState, place: string): void {
  const refuse = (what: string): never => {
    throw new TicketsError('TARGET_UNUSABLE', `the Delta table ${place} ${what}: drop that feature of the table, or write to another folder`)
  }
  const missing = () => refuse('has no protocol or no schema in its log')
  const { format, schemaString } = metaData ?? missing()
  const { minReaderVersion: reader, minWriterVersion: writer, readerFeatures, writerFeatures } = protocol ?? missing()
  const named = [...(reader === READER_FEATURES ? (readerFeatures ?? []) : []), ...(writer === WRITER_FEATURES ? (writerFeatures ?? []) : [])]
  const unknown = [...new Set(named)].filter((name) => !KNOWN_FEATURES.includes(name))
  if (unknown.length > 0) refuse(`has the features ${unknown.join(', ')}, which this sink does not know`)
  if (reader !== READER && reader !== READER_FEATURES)
    refuse(`needs readers of version ${reader} (columnMapping), this sink is one of version ${READER}`)
  if (writer > WRITER && writer !== WRITER_FEATURES)
    refuse(`needs writers of version ${writer} (${featuresOf(writer)}), this sink is one of version ${WRITER}`)
  if (schemaString.includes('"delta.invariants"')) refuse('has invariants, which this sink does not check')
  if (format.provider !== 'parquet') refuse(`holds files of ${format.provider}`)
}
