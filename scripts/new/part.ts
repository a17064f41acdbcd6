import type { Names } from './names.ts'

/** A kind of part that `pnpm new` writes: where its files go, and what is in them. */
export interface Part {
  /** The folder of its source and its spec. */
  readonly folder: string
  /** The file whose exports are the public interface. */
  readonly entry: string
  /** The page that links to the page of the new part. */
  readonly page: string
  readonly packageName: string
  /** Returns what the entry exports of it. */
  readonly exportsOf: (names: Names) => readonly string[]
  readonly source: (names: Names) => string
  readonly spec: (names: Names) => string
  readonly docs: (names: Names) => string
}
