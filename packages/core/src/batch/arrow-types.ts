import {
  Schema as ArrowSchema,
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Dictionary,
  Field,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  makeData,
  makeVector,
  Struct,
  TimestampMillisecond,
  Utf8,
  type Vector,
} from 'apache-arrow'
import { codeBits, elementOf } from '../store/column-store.ts'
import type { Field as Column } from '../store/field.ts'

const codeTypes = { 8: Int8, 16: Int16, 32: Int32 }

const dictionaries = new WeakMap<Column, { type: Dictionary<Utf8>; values: Vector<Utf8> }>()
let nextDictionary = 0

/** Returns the Arrow dictionary of an enum column. It is made once a column. */
export function dictionaryOf(column: Column): { type: Dictionary<Utf8>; values: Vector<Utf8> } {
  let known = dictionaries.get(column)
  if (!known) {
    const type = new Dictionary<Utf8>(new Utf8(), new codeTypes[codeBits(column.values.length)](), nextDictionary++)
    known = { type, values: utf8Vector(column.values) }
    dictionaries.set(column, known)
  }
  return known
}

function utf8Vector(texts: readonly string[]): Vector<Utf8> {
  const parts = texts.map((text) => new TextEncoder().encode(text))
  const valueOffsets = new Int32Array(parts.length + 1)
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  parts.forEach((part, i) => {
    data.set(part, valueOffsets[i])
    valueOffsets[i + 1] = (valueOffsets[i] ?? 0) + part.length
  })
  return makeVector(makeData({ type: new Utf8(), length: parts.length, nullCount: 0, valueOffsets, data }))
}

/** Returns the Arrow type of a column. With `plain` it is the type in files, where enums are strings. */
export function arrowType(column: Column, plain = false): DataType {
  switch (column.kind) {
    case 'string':
      return new Utf8()
    case 'enum':
      return plain ? new Utf8() : dictionaryOf(column).type
    case 'number':
      return new Float64()
    case 'integer':
      return new Int64()
    case 'int32':
      return new Int32()
    case 'boolean':
      return new Bool()
    case 'instant':
      return new TimestampMillisecond('UTC')
    case 'date':
      return new DateDay()
    case 'decimal':
      return new Decimal(column.scale ?? 0, column.precision ?? 38, 128)
    case 'json':
      return new Utf8()
    case 'bytes':
      return new Binary()
    case 'struct':
      return new Struct((column.children ?? []).map((child) => arrowField(child, plain)))
    case 'list':
      return new List(arrowField(elementOf(column), plain))
    case 'map': {
      const entries = new Struct([new Field('key', new Utf8(), false), arrowField(elementOf(column), plain)])
      return new Map_(new Field('entries', entries as never, false))
    }
  }
}

/** Returns a column as an Arrow field. */
const arrowField = (column: Column, plain: boolean): Field => new Field(column.name, arrowType(column, plain), column.optional || column.nullable)

const schemas = new WeakMap<object, { memory: ArrowSchema; plain: ArrowSchema }>()

/** Returns the Arrow schema of a schema: in memory, or with `plain` in files. */
export function arrowSchema(schema: { readonly fields: readonly Column[] }, plain = false): ArrowSchema {
  let both = schemas.get(schema)
  if (!both) {
    const make = (asFile: boolean) => new ArrowSchema(schema.fields.map((field) => arrowField(field, asFile)))
    both = { memory: make(false), plain: make(true) }
    schemas.set(schema, both)
  }
  return plain ? both.plain : both.memory
}
