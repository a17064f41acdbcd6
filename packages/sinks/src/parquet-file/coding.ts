import type { Kernels } from '../kernels/kernels.ts'
import type { Column } from '../pack/column.ts'
import { valueDictionary } from './dictionary.ts'
import { bitsFor } from './encodings.ts'
import { leafColumn, levelsOf, placeOf } from './levels.ts'
import { pageRanges } from './page-ranges.ts'
import { type Leaf, physical } from './schema.ts'
import { loadValues } from './values.ts'

/** How the values of a column are encoded: as the first page of each row group decides, or as codes or directly in all of them. */
export type Coding = 'choose' | 'codes' | 'direct'

/** The rows of a row group. */
export type RowRange = readonly [from: number, to: number]

/**
 * Returns the coding of a column for all row groups of a file that is for readers that know few encodings. Texts never are codes in one page and
 * not in another: fastparquet gives null for those that are not.
 */
export function codingOfFile(kernels: Kernels, columns: readonly Column[], leaf: Leaf, groups: readonly RowRange[]): Coding {
  if (leaf.kind === 'enum') return 'codes'
  if (leaf.physical !== physical.bytes) return 'choose'
  const { memory } = kernels
  const { top } = memory
  let saved = 0
  for (const group of groups) {
    const saves = savedByCodes(kernels, columns, leaf, group)
    memory.release(top)
    if (saves === null) return 'direct'
    saved += saves
  }
  return saved > 0 ? 'codes' : 'direct'
}

/** Returns the bytes that codes save in a row group; null where a dictionary does not hold all of it. */
function savedByCodes(kernels: Kernels, columns: readonly Column[], leaf: Leaf, [from, to]: RowRange): number | null {
  const { memory } = kernels
  const column = leafColumn(columns, leaf)
  const dictionary = valueDictionary(kernels, placeOf(columns, leaf, to) - placeOf(columns, leaf, from), leaf.width)
  let count = 0
  let bytes = 0
  for (const [start, end] of pageRanges(columns, leaf, from, to)) {
    const { top } = memory
    const values = loadValues(kernels, leaf, column, levelsOf(columns, leaf, start, end))
    const isHeld = values.count === 0 || dictionary.code(values, memory.take(4 * values.count))
    memory.release(top)
    if (!isHeld) return null
    count += values.count
    bytes += values.kind === 'texts' ? values.length + 4 * values.count : 0
  }
  return bytes - dictionary.bytes - (count * bitsFor(dictionary.size)) / 8
}
