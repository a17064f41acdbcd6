import { sortTexts } from '@tickets/core'
import type { Codes } from './codes.ts'

/** The rows of one folder. */
export interface Part {
  readonly folder: string
  /** In their order in the batch. */
  readonly rows: Int32Array
}

/** Pairs of codes are numbered in a table up to this many, in a map beyond. */
const TABLE = 1 << 16

/** Combines the codes of two columns into one code for each row, numbered by first appearance. */
export function combine(a: Codes, b: Codes, bound: (distinct: number) => void): Codes {
  const size = a.paths.length * b.paths.length
  const table = size <= TABLE ? new Int32Array(size).fill(-1) : null
  const map = new Map<number, number>()
  const codes = new Int32Array(a.codes.length)
  const paths: string[] = []
  for (let row = 0; row < codes.length; row++) {
    const [left, right] = [a.codes[row] as number, b.codes[row] as number]
    const pair = left * b.paths.length + right
    let code = table ? (table[pair] as number) : (map.get(pair) ?? -1)
    if (code === -1) {
      code = paths.push(`${a.paths[left]}/${b.paths[right]}`) - 1
      if (table) table[pair] = code
      else map.set(pair, code)
      bound(paths.length)
    }
    codes[row] = code
  }
  return { codes, paths }
}

/** Returns the rows of each folder that has any, in the order of the folders' names. Rows keep their order (a counting sort). */
export function parts({ codes, paths }: Codes): Part[] {
  const ends = new Int32Array(paths.length)
  for (let row = 0; row < codes.length; row++) ends[codes[row] as number] = (ends[codes[row] as number] as number) + 1
  // Two codes may have one folder: null and the empty text.
  const byFolder = new Map<string, number[]>()
  paths.forEach((path, code) => {
    if (ends[code]) byFolder.set(path, [...(byFolder.get(path) ?? []), code])
  })
  const folders = sortTexts([...byFolder.keys()])
  const groupOf = new Int32Array(paths.length)
  const starts = new Int32Array(folders.length + 1)
  folders.forEach((folder, group) => {
    let size = 0
    for (const code of byFolder.get(folder) ?? []) {
      groupOf[code] = group
      size += ends[code] as number
    }
    starts[group + 1] = (starts[group] as number) + size
  })
  const rows = new Int32Array(codes.length)
  const next = starts.slice()
  for (let row = 0; row < codes.length; row++) {
    const group = groupOf[codes[row] as number] as number
    const at = next[group] as number
    rows[at] = row
    next[group] = at + 1
  }
  return folders.map((folder, group) => ({ folder, rows: rows.subarray(starts[group], starts[group + 1]) }))
}
