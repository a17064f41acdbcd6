import type { $ZodType } from 'zod/v4/core'

/**
 * How personal data stands in a column: `plain` as it came; `hashed` by `redact`, which is still personal data to whoever has the key; `masked` but for
 * its last characters; `unknown` where rows of a schema without marks were made of personal ones.
 */
export type PersonalForm = 'plain' | 'hashed' | 'masked' | 'unknown'

/** The personal columns of rows: the path of a column or of a nested member → how it stands there. The keys of a map are `<path> (keys)`. */
export type PersonalMarks = ReadonlyMap<string, PersonalForm>

/** Marks, and the type of the rows that they are of. They travel with the empty batch that asks each operator what becomes of them. */
export interface MarkedRows {
  readonly zod: $ZodType
  readonly marks: PersonalMarks
}

/** Returns the marks of columns, or of members, and of everything inside of them. */
export function marksAt(marks: PersonalMarks, ...paths: readonly string[]): PersonalMarks {
  return new Map([...marks].filter(([name]) => paths.some((path) => isWithin(name, path))))
}

/** Returns the same columns, all with this form. */
export const allAs = (marks: PersonalMarks, form: PersonalForm): PersonalMarks => new Map([...marks.keys()].map((path) => [path, form]))

/** Returns whether a path is another one, or lies inside of it. */
export const isWithin = (path: string, outer: string): boolean => path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer} (`)

const order: readonly PersonalForm[] = ['plain', 'unknown', 'masked', 'hashed']

/** Returns all marks; of a column that has several, the one that says most. */
export function joinMarks(all: readonly PersonalMarks[]): PersonalMarks {
  const joined = new Map<string, PersonalForm>()
  for (const marks of all)
    for (const [path, form] of marks) {
      const known = joined.get(path)
      if (known === undefined || order.indexOf(form) < order.indexOf(known)) joined.set(path, form)
    }
  return joined
}
