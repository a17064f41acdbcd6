import type { Batch } from '@tickets/core'
import { comparablesOf, pick } from '@tickets/core/arrow'
import { comparableIn, keyReader } from './row-keys.ts'
import type { TableKey } from './table-key.ts'

/**
 * Returns the rows of a range that stay of their keys, in their order: first those to write, then those that delete. Only before rows are sorted and divided
 * is it known which of two with one key came later.
 */
export function newestRows(all: Batch<unknown>, { columns, revision, deleteWhen, emptyIsNull }: TableKey): Batch<unknown>[] {
  const rows = comparablesOf(all)
  const names = columns.map(({ name }) => name)
  const key = keyReader(rows, names, undefined, emptyIsNull)
  const revisions = revision === null ? () => 0 : comparableIn(rows, revision)
  const isDelete = deleteWhen === null ? () => false : comparableIn(rows, deleteWhen)
  const newest = new Map<string, number>()
  for (let i = 0; i < all.length; i++) {
    const text = key(i)
    const before = newest.get(text)
    if (before === undefined || Number(revisions(i)) >= Number(revisions(before))) newest.set(text, i)
  }
  const kept = Int32Array.from(newest.values()).sort()
  return [kept.filter((i) => isDelete(i) !== true), kept.filter((i) => isDelete(i) === true)]
    .filter((some) => some.length > 0)
    .map((some) => (some.length === all.length ? all : pick(all, some)))
}
