import { TicketsError } from '@tickets/core'
import { CONTENT, type LiveFile } from '../manifest/live-files.ts'
import { pathBelow } from '../spec/table-storage.ts'
import { partitionId } from './partition-id.ts'

/** A table by its name and the address of its files. */
export interface NamedTable {
  readonly name: string
  readonly location: string
}

/**
 * Returns the delete files, among the files of a table, that are read here to know which rows of some data files are there.
 *
 * @throws `TARGET_UNUSABLE` where one of the data files, or a delete file that applies to one, is of a kind or in a place that this sink does not read
 */
export function readableDeletes(data: readonly LiveFile[], files: readonly LiveFile[], table: NamedTable): LiveFile[] {
  for (const file of data) {
    const why = unreadable(file, table)
    if (why !== null) refuse(table, file, `data ${why}`)
  }
  const isRead = (file: LiveFile) => file.content === CONTENT.positionDeletes && unreadable(file, table) === null
  const deletes = files.filter(({ content }) => content !== CONTENT.data)
  const others = deletes.filter((file) => !isRead(file))
  if (others.length > 0) checkNoneApplies(data, others, table)
  return deletes.filter(isRead)
}

/** Equality deletes of files that are not divided apply to all partitions. */
const ALL = 'all'

function checkNoneApplies(data: readonly LiveFile[], deletes: readonly LiveFile[], table: NamedTable): void {
  const oldest = new Map<string, number>()
  for (const file of data)
    for (const id of [partitionId(file), ALL]) oldest.set(id, Math.min(oldest.get(id) ?? Number.POSITIVE_INFINITY, file.sequence))
  for (const file of deletes) {
    const isEquality = file.content === CONTENT.equalityDeletes
    const least = oldest.get(isEquality && file.partition.length === 0 ? ALL : partitionId(file)) ?? Number.POSITIVE_INFINITY
    // Equality deletes apply to older data alone, and those by positions also to data of the same commit.
    const applies = isEquality ? least < file.sequence : least <= file.sequence
    if (applies) refuse(table, file, isEquality ? 'equality deletes' : `position deletes ${unreadable(file, table)}`)
  }
}

/** Returns why a file is not read here; null where it is. */
function unreadable({ address, format }: LiveFile, { location }: NamedTable): string | null {
  if (format !== 'PARQUET') return `in ${format}`
  return pathBelow(address, location) === null ? `outside of ${location}` : null
}

function refuse({ name }: NamedTable, { address }: LiveFile, what: string): never {
  throw new TicketsError(
    'TARGET_UNUSABLE',
    `the Iceberg table ${name} has ${what} (${address}), and rows are replaced by key here: rewrite the table's data files with Spark (rewrite_data_files), and run again`,
  )
}
