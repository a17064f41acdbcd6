import type { Field } from '@tickets/core'
import { areValidTexts, elementsOf } from '@tickets/core/internal'
import { bitsOf, type Part, putBits, putFixed, putOffsets, putText, textBytes } from './columns.ts'
import { type EnumPlan, enumBytes, enumPlan, putCodes, putEnumCodes } from './enums.ts'
import type { ColumnNode } from './record-batch-message.ts'

/** One column to be: how many bytes each of its buffers takes, and what writes them. */
export interface Plan {
  readonly field: Field
  /** A column of the row itself that is text: its encoding is chosen by its values. */
  readonly isText: boolean
  /** Its texts are known to be valid UTF-8. */
  readonly isUtf8: boolean
  readonly node: ColumnNode
  readonly sizes: readonly number[]
  readonly enum?: EnumPlan
  put(ipc: ArrayBuffer, at: readonly number[]): void
}

const keys: Field = { name: 'key', kind: 'string', values: [], optional: false, nullable: false }
const rowsOf = (parts: readonly Part[]) => parts.reduce((sum, { length }) => sum + length, 0)
const childOf = (parts: readonly Part[], c: number) => parts.map((part) => part.children?.[c] as Part)
const elements = (parts: readonly Part[]) => parts.map((part) => elementsOf(part as never) as Part)

/** How enums are packed: with room for their texts, as Arrow has them, or as their codes alone. */
export type EnumsAs = 'texts' | 'codes'

/** Returns the columns of a field in the order of Arrow's IPC: itself, then what is inside of it. */
export function plansOf(field: Field, parts: readonly Part[], enumsAs: EnumsAs = 'texts', isInside = false): Plan[] {
  const rows = rowsOf(parts)
  const nulls = parts.reduce((sum, part) => sum + Math.max(0, part.nullCount), 0)
  const bits = nulls > 0 ? bitsOf(rows) : 0
  const plan = (sizes: readonly number[], put: (ipc: ArrayBuffer, at: readonly number[]) => void, more: Partial<Plan> = {}): Plan => ({
    isText: false,
    isUtf8: false,
    ...more,
    field,
    node: { rows, nulls },
    sizes: [bits, ...sizes],
    put(ipc, [first = 0, ...rest]) {
      if (nulls > 0) putBits(ipc, first, parts, 'validity')
      put(ipc, rest)
    },
  })
  const offsets = () => plan([4 * (rows + 1)], (ipc, [at = 0]) => putOffsets(ipc, at, parts))
  const fixed = (bytes: number, words = 1) => [plan([bytes * rows], (ipc, [at = 0]) => putFixed(ipc, at, parts, words))]
  const { children = [] } = field
  switch (field.kind) {
    case 'string':
    case 'json':
    case 'bytes': {
      const isText = field.kind !== 'bytes' && !isInside
      const isUtf8 = parts.every(({ values }) => areValidTexts(values))
      return [plan([4 * (rows + 1), textBytes(parts)], (ipc, [first = 0, bytes = 0]) => putText(ipc, first, bytes, parts), { isText, isUtf8 })]
    }
    case 'enum': {
      const codes = enumPlan(field, parts)
      if (enumsAs === 'codes') return [plan([codes.width * rows], (buffer, [at = 0]) => putCodes(buffer, at, codes, parts), { enum: codes })]
      return [plan([4 * (rows + 1), enumBytes(codes, parts)], (ipc, [at = 0]) => putEnumCodes(ipc, at, rows, codes, parts), { enum: codes })]
    }
    case 'boolean':
      return [plan([bitsOf(rows)], (ipc, [at = 0]) => putBits(ipc, at, parts, 'values'))]
    case 'int32':
    case 'date':
      return fixed(4)
    case 'number':
    case 'integer':
    case 'instant':
      return fixed(8)
    case 'decimal':
      return fixed(16, 4)
    case 'struct':
      return [plan([], () => {}), ...children.flatMap((child, c) => plansOf(child, childOf(parts, c), enumsAs, true))]
    case 'list':
      return [offsets(), ...plansOf(children[0] as Field, elements(parts), enumsAs, true)]
    case 'map': {
      // Between a map and its keys and values lies a struct, which is never null.
      const entries = elements(parts)
      const between: Plan = { field, isText: false, isUtf8: false, node: { rows: rowsOf(entries), nulls: 0 }, sizes: [0], put() {} }
      return [
        offsets(),
        between,
        ...plansOf(keys, childOf(entries, 0), enumsAs, true),
        ...plansOf(children[0] as Field, childOf(entries, 1), enumsAs, true),
      ]
    }
  }
}
