import type { Field } from '@tickets/core'
import { membersOf } from '@tickets/core/arrow'
import { codesIn } from './column.ts'
import { isValid, type Part, putFixed } from './columns.ts'

/** The codes of an enum column over all batches. */
export interface EnumPlan {
  readonly members: readonly string[]
  /** Bytes of a code. */
  readonly width: 1 | 2 | 4
  /** Per batch: its code → ours; null where they are the same, as nearly always. */
  readonly codes: readonly (Int32Array | null)[]
}

const texts = new WeakMap<object, readonly string[]>()

function membersIn({ dictionary }: Part, { values }: Field): readonly string[] {
  if (!dictionary) return values
  let known = texts.get(dictionary)
  if (!known) {
    known = membersOf({ dictionary })
    texts.set(dictionary, known)
  }
  return known
}

/** Returns the members that the batches have: those of the first one, and those that others add, as Arrow data from elsewhere may. */
export function enumPlan(field: Field, parts: readonly Part[]): EnumPlan {
  const dictionaries = parts.map((part) => membersIn(part, field))
  const first = dictionaries[0] ?? field.values
  const members = [...first]
  const codes = dictionaries.map((dictionary) => {
    if (dictionary === first || (dictionary.length === first.length && dictionary.every((member, i) => member === first[i]))) return null
    return Int32Array.from(dictionary, (member) => {
      const at = members.indexOf(member)
      return at < 0 ? members.push(member) - 1 : at
    })
  })
  const given = Math.max(1, ...parts.map(({ values }) => (values.length > 0 ? values.byteLength / values.length : 1)))
  const needed = members.length <= 128 ? 1 : members.length <= 32768 ? 2 : 4
  return { members, width: Math.max(given, needed) as 1 | 2 | 4, codes }
}

/** Returns the total bytes of all values as text, counted by code. */
export function enumBytes({ members, codes }: EnumPlan, parts: readonly Part[]): number {
  let total = 0
  parts.forEach((part, p) => {
    const counts = new Float64Array(members.length)
    const values = part.values as Int8Array
    if (part.nullCount <= 0) for (let i = 0; i < part.length; i++) counts[values[i] as number] = (counts[values[i] as number] as number) + 1
    else for (let i = 0; i < part.length; i++) if (isValid(part, i)) counts[values[i] as number] = (counts[values[i] as number] as number) + 1
    const map = codes[p]
    for (let code = 0; code < counts.length; code++) {
      const member = members[map ? (map[code] ?? code) : code]
      if (counts[code] !== 0 && member !== undefined) total += (counts[code] as number) * Buffer.byteLength(member)
    }
  })
  return total
}

/** Writes the codes of the parts end to end. */
export function putCodes(buffer: ArrayBuffer, start: number, { width, codes }: EnumPlan, parts: readonly Part[]): void {
  let at = start
  parts.forEach((part, p) => {
    const map = codes[p]
    if (!map && part.values.byteLength / part.values.length === width) putFixed(buffer, at, [part])
    else {
      const values = part.values as Int8Array
      const out = codesIn(buffer, at, part.length, width)
      const { rows } = part
      for (let i = 0; i < part.length; i++) {
        const code = values[rows ? (rows[i] as number) : i] as number
        out[i] = map ? (map[code] ?? 0) : code
      }
    }
    at += width * part.length
  })
}

/** Writes the codes of the parts end to end, at the end of the space that the offsets later fill. */
export function putEnumCodes(ipc: ArrayBuffer, offsetsAt: number, rows: number, plan: EnumPlan, parts: readonly Part[]): void {
  putCodes(ipc, offsetsAt + 4 * (rows + 1) - plan.width * rows, plan, parts)
}
