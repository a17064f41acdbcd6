import type { Field, Kind } from '@tickets/core'
import type { ThriftWriter } from './thrift.ts'

/** Parquet's physical types by their numbers. */
export const physical = { boolean: 0, int32: 1, int64: 2, double: 5, bytes: 6, fixed: 7 } as const
export type Physical = (typeof physical)[keyof typeof physical]

const repetitions = { required: 0, optional: 1, repeated: 2 } as const
/** The older names of types, which readers of before 2018 know. */
const converted = { utf8: 0, map: 1, list: 3, decimal: 5, date: 6, millis: 9, micros: 10 } as const

/** A column as the files of a table have it, which knows its columns by ids. */
export interface FileField extends Field {
  readonly id?: number
  /** The id of a map's keys. */
  readonly keyId?: number
  /** Instants are kept in microseconds; in milliseconds otherwise. */
  readonly isMicros?: boolean
  readonly children?: readonly FileField[]
}

/** One node of the schema of a file. */
interface SchemaNode {
  readonly name: string
  readonly repetition: keyof typeof repetitions
  readonly field: FileField | null
  readonly group: 'list' | 'map' | null
  readonly children: readonly SchemaNode[]
}

/** One level on the way from a row to a value: which child of the column above, and what it may be. */
export interface Step {
  readonly child: number
  readonly isOptional: boolean
  readonly isRepeated: boolean
}

/** A column of values in the file. */
export interface Leaf {
  /** The column of the row that it is in. */
  readonly top: number
  readonly path: readonly string[]
  readonly kind: Kind
  readonly physical: Physical
  /** Bytes of a value; 0 for texts, bytes, enums and booleans. */
  readonly width: number
  /** Whether instants are kept in microseconds. */
  readonly isMicros?: boolean
  /** Its id in a table that has such. */
  readonly id?: number
  readonly steps: readonly Step[]
  readonly maxDefinition: number
  readonly maxRepetition: number
}

const keyOf = ({ keyId }: FileField): FileField => ({
  name: 'key',
  kind: 'string',
  values: [],
  optional: false,
  nullable: false,
  ...(keyId !== undefined && { id: keyId }),
})
const isOptional = ({ optional, nullable }: Field) => optional || nullable

/** Returns the bytes of a decimal: 4 and 8 as integers, more as bytes with the highest first. */
function decimalWidth({ precision = 38 }: Field): number {
  if (precision <= 9) return 4
  if (precision <= 18) return 8
  return Math.ceil((precision * Math.log2(10) + 1) / 8)
}

/** Returns how values of a column are held: the physical type, and the bytes of one, 0 where they are not all of one length. */
export function storageOf(field: Field): { readonly physical: Physical; readonly width: number } {
  switch (field.kind) {
    case 'boolean':
      return { physical: physical.boolean, width: 0 }
    case 'int32':
    case 'date':
      return { physical: physical.int32, width: 4 }
    case 'integer':
    case 'instant':
      return { physical: physical.int64, width: 8 }
    case 'number':
      return { physical: physical.double, width: 8 }
    case 'decimal': {
      const width = decimalWidth(field)
      return { physical: width === 4 ? physical.int32 : width === 8 ? physical.int64 : physical.fixed, width }
    }
    default:
      return { physical: physical.bytes, width: 0 }
  }
}

function nodeOf(field: FileField, name = field.name): SchemaNode {
  const repetition = isOptional(field) ? 'optional' : 'required'
  const { children = [] } = field
  const node = { name, repetition, field, group: null, children: [] } as const
  const repeated = (inner: string, below: readonly SchemaNode[]): SchemaNode => ({
    name: inner,
    repetition: 'repeated',
    field: null,
    group: null,
    children: below,
  })
  switch (field.kind) {
    case 'struct':
      return { ...node, children: children.map((child) => nodeOf(child)) }
    case 'list':
      return { ...node, group: 'list', children: [repeated('list', [nodeOf(children[0] as FileField)])] }
    case 'map':
      return { ...node, group: 'map', children: [repeated('entries', [nodeOf(keyOf(field)), nodeOf(children[0] as FileField)])] }
    default:
      return node
  }
}

/** Returns the columns of values below a field, in the order in which files have them. */
function leavesBelow(field: FileField, above: Pick<Leaf, 'top' | 'path' | 'steps'>, child: number): Leaf[] {
  const isRepeated = field.kind === 'list' || field.kind === 'map'
  const steps = [...above.steps, { child, isOptional: isOptional(field), isRepeated }]
  const path = [...above.path, field.name]
  const { children = [] } = field
  const inner = { top: above.top, steps }
  switch (field.kind) {
    case 'struct':
      return children.flatMap((one, c) => leavesBelow(one, { ...inner, path }, c))
    case 'list':
      return leavesBelow(children[0] as FileField, { ...inner, path: [...path, 'list'] }, 0)
    case 'map':
      return [keyOf(field), children[0] as FileField].flatMap((one, c) => leavesBelow(one, { ...inner, path: [...path, 'entries'] }, c))
    default: {
      const maxRepetition = steps.filter((step) => step.isRepeated).length
      const maxDefinition = maxRepetition + steps.filter((step) => step.isOptional).length
      const { id, isMicros = false } = field
      return [{ ...inner, path, kind: field.kind, ...storageOf(field), isMicros, ...(id !== undefined && { id }), maxDefinition, maxRepetition }]
    }
  }
}

/** Returns the columns of values of a schema. */
export const leavesOf = (fields: readonly FileField[]): Leaf[] =>
  fields.flatMap((field, top) => leavesBelow(field, { top, path: [], steps: [] }, top))

/** Writes the list of schema elements, the root first, each group before what is in it. */
export function writeSchema(thrift: ThriftWriter, id: number, fields: readonly FileField[]): void {
  const root: SchemaNode = { name: 'schema', repetition: 'required', field: null, group: null, children: fields.map((field) => nodeOf(field)) }
  const flat = (node: SchemaNode): SchemaNode[] => [node, ...node.children.flatMap(flat)]
  thrift.structs(id, flat(root), (element, node) => {
    const { name, repetition, children, field } = node
    const isLeaf = field !== null && children.length === 0 && field.kind !== 'struct'
    const storage = isLeaf ? storageOf(field) : null
    if (storage) element.i32(1, storage.physical)
    if (storage?.physical === physical.fixed) element.i32(2, storage.width)
    if (node !== root) element.i32(3, repetitions[repetition])
    element.binary(4, name)
    if (!isLeaf) element.i32(5, children.length)
    writeLogicalType(element, node)
    // Behind the type, whose number is higher: Thrift takes fields in any order.
    if (field?.id !== undefined) element.i32(9, field.id)
  })
}

/** Writes what values mean, in the older words and in today's. */
function writeLogicalType(element: ThriftWriter, { field, group }: SchemaNode): void {
  if (group !== null) {
    element.i32(6, converted[group]).struct(10, (type) => void type.struct(group === 'map' ? 2 : 3, () => {}))
    return
  }
  switch (field?.kind) {
    case 'string':
    case 'enum':
    case 'json':
      element.i32(6, converted.utf8).struct(10, (type) => void type.struct(1, () => {}))
      return
    case 'date':
      element.i32(6, converted.date).struct(10, (type) => void type.struct(6, () => {}))
      return
    case 'instant':
      element
        .i32(6, field.isMicros ? converted.micros : converted.millis)
        .struct(
          10,
          (type) => void type.struct(8, (time) => void time.bool(1, true).struct(2, (unit) => void unit.struct(field.isMicros ? 2 : 1, () => {}))),
        )
      return
    case 'decimal': {
      const { scale = 0, precision = 38 } = field
      element
        .i32(6, converted.decimal)
        .i32(7, scale)
        .i32(8, precision)
        .struct(10, (type) => void type.struct(5, (decimal) => void decimal.i32(1, scale).i32(2, precision)))
      return
    }
  }
}
