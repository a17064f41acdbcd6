import type { Kernels } from '../kernels/kernels.ts'
import type { Column } from '../pack/column.ts'
import type { Coding, RowRange } from './coding.ts'
import { type Codec, PageCompressor } from './compressor.ts'
import { type ChunkDictionary, memberDictionary, valueDictionary } from './dictionary.ts'
import { bitsFor, boundOf, directEncoding, encodeCodes, encodeDirect, encodings } from './encodings.ts'
import { extremesOf } from './extremes.ts'
import { leafColumn, levelsOf, placeOf } from './levels.ts'
import { type DataPage, dataPage, dictionaryPage, type Page, type PageBody } from './page.ts'
import { pageRanges } from './page-ranges.ts'
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
const SAMPLE = 2048
const UNIQUE = 0.98

/** Writes the rows of one row group of one column. */
export function writeChunk(
  kernels: Kernels,
  columns: readonly Column[],
  leaf: Leaf,
  [from, to]: RowRange,
  settings: ChunkSettings,
  coding: Coding = 'choose',
): Chunk {
  const { memory } = kernels
  const base = memory.top
  const column = leafColumn(columns, leaf)
  const compressor = new PageCompressor(kernels, settings.compression)
  const coder = new ChunkCoder(kernels, leaf, column, placeOf(columns, leaf, to) - placeOf(columns, leaf, from), coding, settings.plain)
  const pages = pageRanges(columns, leaf, from, to).map(([start, end]): DataPage => {
    const { top } = memory
    const levels = levelsOf(columns, leaf, start, end)
    const values = loadValues(kernels, leaf, column, levels)
    const extremes = extremesOf(kernels, leaf, values)
    const body = coder.bodyOf(values)
    const page = dataPage(kernels, compressor, leaf, levels, body)
    memory.release(top)
    return { ...page, encoding: body.encoding, rows: end - start, count: levels.count, nulls: levels.count - levels.values, extremes }
  })
  const dictionary = coder.dictionaryPage(compressor)
  memory.release(base)
  return { leaf, dictionary, pages }
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

  constructor(kernels: Kernels, leaf: Leaf, column: Column, values: number, coding: Coding, plain: boolean) {
    this.#kernels = kernels
    this.#direct = directEncoding(leaf, plain)
    this.#coding = coding
    this.#isDecided = coding !== 'choose' || leaf.kind === 'enum'
    if (leaf.kind === 'enum') this.#dictionary = memberDictionary(kernels, column.members)
    else if (leaf.physical !== physical.boolean && coding !== 'direct') this.#dictionary = valueDictionary(kernels, values, leaf.width)
  }

  bodyOf(values: Values): PageBody {
    if (values.count === 0 && this.#coding !== 'codes') return { encoding: encodings.plain, bound: 0, write: () => 0 }
    if (!this.#isDecided) this.#decide(values)
    const dictionary = this.#dictionary
    if (dictionary) {
      const codes = this.#kernels.memory.take(4 * values.count)
      if (dictionary.code(values, codes)) {
        this.#used = dictionary
        const { size } = dictionary
        const write = (target: number) => encodeCodes(this.#kernels, codes, values.count, size, target)
        return { encoding: encodings.dictionary, bound: 64 + 5 * values.count, write }
      }
      this.#dictionary = null
    }
    return { encoding: this.#direct, bound: boundOf(values), write: (target) => encodeDirect(this.#kernels, this.#direct, values, target) }
  }

  /** Returns the page of entries; null where no page refers to one. */
  dictionaryPage(compressor: PageCompressor): Page | null {
    if (!this.#used) return null
    const { at, length } = this.#used.page()
    return dictionaryPage(compressor, this.#used.size, at, length)
  }

  #decide(values: Values): void {
    this.#isDecided = true
    if (this.#dictionary && !this.#pays(this.#dictionary, values)) this.#dictionary = null
  }

  /** Returns whether codes and entries take fewer bytes than the values themselves. */
  #pays(dictionary: ChunkDictionary, values: Values): boolean {
    const { memory } = this.#kernels
    const { top } = memory
    const codes = memory.take(4 * values.count)
    const target = memory.take(boundOf(values))
    const sample = Math.min(SAMPLE, values.count)
    const repeats = dictionary.code({ ...values, count: sample }, codes) && dictionary.size < sample * UNIQUE
    const pays =
      repeats &&
      dictionary.code(values, codes) &&
      dictionary.bytes + (bitsFor(dictionary.size) * values.count) / 8 < encodeDirect(this.#kernels, this.#direct, values, target)
    memory.release(top)
    return pays
  }
}
