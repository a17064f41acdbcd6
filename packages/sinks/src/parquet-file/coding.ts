import type { Kernels } from '../kernels/kernels.ts'
import type { Table } from '../pack/column.ts'
import { valueDictionary } from './dictionary.ts'
import { bitsFor } from './encodings.ts'
import { leafColumn, levelsOf } from './levels.ts'
import { PageCutter } from './page-cutter.ts'
import { type Leaf, physical } from './schema.ts'
import { loadValues } from './values.ts'

/** How the values of a column are encoded: as the first page of each row group decides, or as codes or directly in all of them. */
export type Coding = 'choose' | 'codes' | 'direct'

/** Rows of a table that a row group has; `isLast` where it ends with them. */
export interface GroupRows {
  readonly table: Table
  readonly from: number
  readonly to: number
  readonly isLast: boolean
}

/** Cuts the rows of tables that follow each other into row groups of `most` rows; `filled` are those that the first one has already. */
export function* rowGroups(tables: readonly Table[], most: number, filled = 0): Generator<GroupRows> {
  let rows = filled
  for (const table of tables) {
    for (let from = 0; from < table.rows; ) {
      const to = Math.min(table.rows, from + most - rows)
      const isLast = rows + to - from === most
      yield { table, from, to, isLast }
      rows = isLast ? 0 : rows + to - from
      from = to
    }
  }
}

/**
 * Returns the coding of a column for all row groups of a file that is for readers that know few encodings. Texts never are codes in one page and
 * not in another: fastparquet gives null for those that are not.
 */
export function codingOfFile(kernels: Kernels, tables: readonly Table[], leaf: Leaf, rowGroupRows: number): Coding {
  if (leaf.kind === 'enum') return 'codes'
  if (leaf.physical !== physical.bytes) return 'choose'
  let saved = 0
  let group: GroupRows[] = []
  const count = () => {
    const saves = savedByCodes(kernels, group, leaf)
    group = []
    return saves
  }
  for (const rows of rowGroups(tables, rowGroupRows)) {
    group.push(rows)
    if (!rows.isLast) continue
    const saves = count()
    if (saves === null) return 'direct'
    saved += saves
  }
  const saves = count()
  return saves !== null && saved + saves > 0 ? 'codes' : 'direct'
}

/** Returns the bytes that codes save in a row group; null where a dictionary does not hold all of it. */
function savedByCodes(kernels: Kernels, group: readonly GroupRows[], leaf: Leaf): number | null {
  const { memory } = kernels
  const dictionary = valueDictionary(kernels, leaf.width)
  const cutter = new PageCutter(leaf)
  let count = 0
  let bytes = 0
  for (const { table, from, to } of group) {
    const { columns } = table
    for (let at = from; at < to; ) {
      const { end } = cutter.take(columns, at, to)
      const { top } = memory
      const values = loadValues(kernels, leaf, [{ column: leafColumn(columns, leaf), chosen: levelsOf(columns, leaf, at, end) }])
      const isHeld = values.count === 0 || dictionary.code(values, memory.take(4 * values.count))
      memory.release(top)
      if (!isHeld) return null
      count += values.count
      bytes += values.kind === 'texts' ? values.length + 4 * values.count : 0
      at = end
    }
  }
  return count === 0 ? 0 : bytes - dictionary.bytes - (count * bitsFor(dictionary.size)) / 8
}
