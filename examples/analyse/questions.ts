import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A question with the SQL that answers it. */
export interface Question {
  /** `01-volume-by-hour`, the same for lake and warehouse. */
  readonly name: string
  /** In plain words: the comment that the file begins with. */
  readonly question: string
  readonly sql: string
}

/** What a query gave. Days are `2026-11-21`, instants ISO with `Z`. */
export interface Answer {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | null)[])[]
}

/** Where questions are asked. */
export interface Answers {
  ask(sql: string): Promise<Answer>
}

/** The questions for one kind of store, in order of their names. */
export async function questions(kind: 'lake' | 'warehouse'): Promise<Question[]> {
  const folder = join(import.meta.dirname, kind)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (file) => {
      const sql = await readFile(join(folder, file), 'utf8')
      return { name: file.replace(/\.sql$/, ''), question: /^-- (.+)/.exec(sql)?.[1] ?? '', sql }
    }),
  )
}
