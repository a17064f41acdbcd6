import type { Kernels } from '../kernels/kernels.ts'
import type { Column } from '../pack/column.ts'
import type { Coding } from './coding.ts'
import { type Codec, PageCompressor } from './compressor.ts'
import { type ChunkDictionary, memberDictionary, valueDictionary } from './dictionary.ts'
import { bitsFor, boundOf, directEncoding, encodeCodes, encodeDirect, encodings } from './encodings.ts'
import { extremesOf } from './extremes.ts'
import { joinLevels, leafColumn, levelsOf } from './levels.ts'
import { type DataPage, dataPage, dictionaryPage, type Page, type PageBody } from './page.ts'
import { PageCutter } from './page-cutter.ts'
import { type Leaf, physical } from './schema.ts'
import { loadValues, type Values } from './values.ts'

/** How the values of a file are written. */
export interface ChunkSettings {
  readonly compression: Codec
  /** Writes PLAIN and dictionary encodings only, for readers that know no others. */
  readonly plain: boolean
}

/** One column of a row group. */
export interface Chunk {
  readonly leaf: Leaf
  readonly dictionary: Page | null
  readonly pages: readonly DataPage[]
}

/** Values looked at to tell ids and free text from values that repeat, and the share of different ones that makes a dictionary useless. */
const SAMPLES = [
  { count: 2048, unique: 0.98 },
  { count: 8192, unique: 0.9 },
]
/** The same share of a whole page. */
const MOST_ENTRIES = 0.75

/** Rows of a table from `from` to `to`. */
interface TableRows {
  readonly columns: readonly Column[]
  readonly from: number
  readonly to: number
}

/**
 * Writes one column of a row group. A page is encoded as soon as its rows are there; what is kept are compressed pages, the dictionary, and the rows of
 * the page that is not full yet.
 */
export class ChunkWriter {
  readonly #kernels: Kernels
  readonly #leaf: Leaf
  readonly #compressor: PageCompressor
  readonly #coder: ChunkCoder
  readonly #cutter: PageCutter
  readonly #pages: DataPage[] = []
  /** Of the page that is not full yet. */
  #rows: TableRows[] = []

  constructor(kernels: Kernels, leaf: Leaf, settings: ChunkSettings, coding: Coding = 'choose') {
    this.#kernels = kernels
    this.#leaf = leaf
    this.#compressor = new PageCompressor(kernels, settings.compression)
    this.#coder = new ChunkCoder(kernels, leaf, coding, settings.plain)
    this.#cutter = new PageCutter(leaf)
  }

  /** Rows of the page that is not full yet. */
  get waiting(): number {
    return this.#rows.reduce((sum, { from, to }) => sum + to - from, 0)
  }

  add(columns: readonly Column[], from: number, to: number): void {
    for (let at = from; at < to; ) {
      const { end, isFull } = this.#cutter.take(columns, at, to)
      if (end > at) this.#rows.push({ columns, from: at, to: end })
      if (isFull) this.#writePage()
      at = end
    }
  }

  /** Returns the chunk once all of its rows are there. */
  finish(): Chunk {
    if (this.#rows.length > 0) this.#writePage()
    const { memory } = this.#kernels
    const { top } = memory
    const dictionary = this.#coder.dictionaryPage(this.#compressor)
    memory.release(top)
    return { leaf: this.#leaf, dictionary, pages: this.#pages }
  }

  #writePage(): void {
    const [kernels, leaf] = [this.#kernels, this.#leaf]
    const { top } = kernels.memory
    const parts = this.#rows.map(({ columns, from, to }) => ({ column: leafColumn(columns, leaf), chosen: levelsOf(columns, leaf, from, to) }))
    const levels = joinLevels(parts.map(({ chosen }) => chosen))
    const values = loadValues(kernels, leaf, parts)
    const extremes = extremesOf(kernels, leaf, values)
    const body = this.#coder.bodyOf(values)
    const page = dataPage(kernels, this.#compressor, leaf, levels, body)
    kernels.memory.release(top)
    this.#pages.push({ ...page, encoding: body.encoding, rows: this.waiting, count: levels.count, nulls: levels.count - levels.values, extremes })
    this.#rows = []
  }
}

/**
 * Chooses how the values of a column chunk are encoded: by codes of a dictionary while it pays, and else directly. The first page with values decides,
 * so that the choice depends on the rows alone.
 */
class ChunkCoder {
  readonly #kernels: Kernels
  readonly #direct: PageBody['encoding']
  /** Null where values have none, or none any more. */
  #dictionary: ChunkDictionary | null = null
  /** What the pages written so far refer to. */
  #used: ChunkDictionary | null = null
  #isDecided: boolean
  readonly #coding: Coding

  constructor(kernels: Kernels, leaf: Leaf, coding: Coding, plain: boolean) {
    this.#kernels = kernels
    this.#direct = directEncoding(leaf, plain)
    this.#coding = coding
    this.#isDecided = coding !== 'choose' || leaf.kind === 'enum'
    if (leaf.kind === 'enum') this.#dictionary = memberDictionary(kernels)
    else if (leaf.physical !== physical.boolean && coding !== 'direct') this.#dictionary = valueDictionary(kernels, leaf.width)
  }

  bodyOf(values: Values): PageBody {
    if (values.count === 0 && this.#coding !== 'codes') return { encoding: encodings.plain, bound: 0, write: () => 0 }
    const codes = this.#codesOf(values)
    if (codes === null)
      return { encoding: this.#direct, bound: boundOf(values), write: (target) => encodeDirect(this.#kernels, this.#direct, values, target) }
    const { size } = this.#used as ChunkDictionary
    const write = (target: number) => encodeCodes(this.#kernels, codes, values.count, size, target)
    return { encoding: encodings.dictionary, bound: 64 + 5 * values.count, write }
  }

  /** Returns the page of entries; null where no page refers to one. */
  dictionaryPage(compressor: PageCompressor): Page | null {
    if (!this.#used) return null
    const { at, length } = this.#used.page()
    return dictionaryPage(compressor, this.#used.size, at, length)
  }

  /** Returns where the codes of a page's values lie; null where these are written directly, and so are all that come after them. */
  #codesOf(values: Values): number | null {
    const dictionary = this.#dictionary
    if (!dictionary) return null
    const codes = this.#kernels.memory.take(4 * values.count)
    const isFirst = !this.#isDecided
    this.#isDecided = true
    if ((!isFirst || repeats(dictionary, values, codes)) && dictionary.code(values, codes) && (!isFirst || this.#pays(dictionary, values))) {
      this.#used = dictionary
      return codes
    }
    this.#dictionary = null
    return null
  }

  /** Returns whether codes and entries take fewer bytes than the values themselves, and so few entries that later pages will have them too. */
  #pays({ size, bytes }: ChunkDictionary, values: Values): boolean {
    if (size >= values.count * MOST_ENTRIES) return false
    const { memory } = this.#kernels
    const { top } = memory
    const direct = encodeDirect(this.#kernels, this.#direct, values, memory.take(boundOf(values)))
    memory.release(top)
    return bytes + (bitsFor(size) * values.count) / 8 < direct
  }
}

/** Returns whether the first values repeat often enough to look at the others. */
function repeats(dictionary: ChunkDictionary, values: Values, codes: number): boolean {
  // A page that is no larger than a sample is judged as a whole.
  return SAMPLES.every(
    ({ count, unique }) => values.count <= count || (dictionary.code({ ...values, count }, codes) && dictionary.size < count * unique),
  )
}
