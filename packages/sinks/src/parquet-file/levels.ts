import { type Column, hasValue } from '../pack/column.ts'
import type { Leaf } from './schema.ts'

/** What a page says of its rows: where lists begin, how much of each value is there, and which values of the column it has. */
export interface Levels {
  /** Values and nulls together. */
  readonly count: number
  /** How many lists deep each entry continues; null where there is no list. */
  readonly repetition: Int32Array | null
  /** How much of the path to each entry is there; null where nothing may be missing. */
  readonly definition: Int32Array | null
  /** The first value in the column, and how many there are. */
  readonly first: number
  readonly values: number
  /** The numbers of the values, where they do not follow each other; null where they do. */
  readonly rows: Int32Array | null
}

/** Returns the column at a step of a path. */
function columnAt(columns: readonly Column[], { top, steps }: Leaf, s: number): Column {
  return steps.slice(1, s + 1).reduce((column, { child }) => column.children[child] as Column, columns[top] as Column)
}

/** Returns the column of values that a path leads to. */
export const leafColumn = (columns: readonly Column[], leaf: Leaf): Column => columnAt(columns, leaf, leaf.steps.length - 1)

/** Returns where in the column of values row `row` begins; `row` may be the end. */
export function placeOf(columns: readonly Column[], leaf: Leaf, row: number): number {
  let place = row
  leaf.steps.forEach(({ isRepeated }, s) => {
    if (isRepeated) place = columnAt(columns, leaf, s).offsets[place] as number
  })
  return place
}

/** The entries of a page on the way down: their levels so far, and where each stands in the column; -1 where it ended above. */
interface Entries {
  repetition: Int32Array
  definition: Int32Array
  places: Int32Array
  count: number
}

/** Ends the entries that have no value here, and adds a level to the others. */
function throughOptional({ definition, places, count }: Entries, column: Column): void {
  for (let i = 0; i < count; i++) {
    const place = places[i] as number
    if (place < 0) continue
    if (hasValue(column, place)) definition[i] = (definition[i] as number) + 1
    else places[i] = -1
  }
}

/** Replaces each list by its elements, the first of which continues the row and the others the list at `depth`. An empty list ends here. */
function throughList({ repetition, definition, places, count }: Entries, { offsets }: Column, depth: number): Entries {
  let room = 0
  for (let i = 0; i < count; i++) {
    const place = places[i] as number
    room += place < 0 ? 1 : Math.max(1, (offsets[place + 1] as number) - (offsets[place] as number))
  }
  const next: Entries = { repetition: new Int32Array(room), definition: new Int32Array(room), places: new Int32Array(room), count: room }
  let out = 0
  for (let i = 0; i < count; i++) {
    const place = places[i] as number
    const from = place < 0 ? 0 : (offsets[place] as number)
    const to = place < 0 ? 0 : (offsets[place + 1] as number)
    next.repetition[out] = repetition[i] as number
    next.definition[out] = (definition[i] as number) + (to > from ? 1 : 0)
    next.places[out++] = to > from ? from : -1
    for (let element = from + 1; element < to; element++) {
      next.repetition[out] = depth
      next.definition[out] = (definition[i] as number) + 1
      next.places[out++] = element
    }
  }
  return next
}

/** Returns the levels of the rows from `from` to `to`, as Dremel defines them. */
export function levelsOf(columns: readonly Column[], leaf: Leaf, from: number, to: number): Levels {
  const { steps, maxDefinition, maxRepetition } = leaf
  const count = to - from
  if (maxDefinition === 0 && !steps.some((_, s) => columnAt(columns, leaf, s).bits !== null))
    return { count, repetition: null, definition: null, first: from, values: count, rows: null }
  let entries: Entries = {
    repetition: new Int32Array(count),
    definition: new Int32Array(count),
    places: Int32Array.from({ length: count }, (_, i) => from + i),
    count,
  }
  let depth = 0
  steps.forEach((step, s) => {
    const column = columnAt(columns, leaf, s)
    if (step.isOptional) throughOptional(entries, column)
    else refuseMissing(entries, column, leaf)
    if (step.isRepeated) entries = throughList(entries, column, ++depth)
  })
  return { ...selected(entries), count: entries.count, repetition: maxRepetition > 0 ? entries.repetition : null, definition: entries.definition }
}

/** Returns the levels of rows that follow each other as those of one page. */
export function joinLevels(parts: readonly Levels[]): Pick<Levels, 'count' | 'values' | 'repetition' | 'definition'> {
  const [first, ...others] = parts
  if (first && others.length === 0) return first
  const sum = (number: (part: Levels) => number) => parts.reduce((total, part) => total + number(part), 0)
  const count = sum((part) => part.count)
  const joined = (levels: (part: Levels) => Int32Array | null) => {
    if (!first || !levels(first)) return null
    const all = new Int32Array(count)
    let at = 0
    for (const part of parts) {
      all.set(levels(part) as Int32Array, at)
      at += part.count
    }
    return all
  }
  return {
    count,
    values: sum(({ values }) => values),
    repetition: joined(({ repetition }) => repetition),
    definition: joined(({ definition }) => definition),
  }
}

/** Throws where a required column has no value in a row: a file has no way to say so. */
function refuseMissing({ places, count }: Entries, column: Column, { path }: Leaf): void {
  if (column.bits === null) return
  for (let i = 0; i < count; i++) {
    if ((places[i] as number) >= 0 && !hasValue(column, places[i] as number))
      throw new Error(`column ${path.join('.')} is required and has no value in a row`)
  }
}

/** Returns which values remain. */
function selected({ places, count }: Entries): Pick<Levels, 'first' | 'values' | 'rows'> {
  let values = 0
  for (let i = 0; i < count; i++) {
    const place = places[i] as number
    if (place >= 0) places[values++] = place
  }
  const first = values > 0 ? (places[0] as number) : 0
  const isDense = values === 0 || (places[values - 1] as number) - first + 1 === values
  return { first, values, rows: isDense ? null : places.subarray(0, values) }
}
