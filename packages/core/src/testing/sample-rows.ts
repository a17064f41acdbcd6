import type { Schema } from '../batch/batch.ts'
import type { Field } from '../store/field.ts'

/** Makes 160 rows of a schema: some are out of order or late, optional columns are absent in some, and every eighth row repeats one. */
export function sampleRows<A>(schema: Schema<A>): A[] {
  const structOf = ({ children = [], variants }: Field, i: number): unknown => {
    const [tag] = children
    const code = i % (variants?.length ?? 1)
    const members = variants && tag ? [tag, ...children.filter(({ name }) => variants[code]?.some((member) => member.name === name))] : children
    const value = (member: Field) => {
      if (!variants) return cellOf(member, i)
      return member === tag ? member.values[code] : cellOf({ ...member, optional: false, nullable: false }, i)
    }
    return Object.fromEntries(members.map((member) => [member.name, value(member)] as const).filter(([, item]) => item !== undefined))
  }
  const cellOf = (field: Field, i: number): unknown => {
    if (field.name === schema.time) return new Date(Date.UTC(2026, 0, 1) + i * 7_000 - (i % 5 === 4 ? 60_000 : 0))
    if ((field.optional || field.nullable) && i % 4 === 3) return field.optional && !field.nullable ? undefined : null
    switch (field.kind) {
      case 'string':
        return `${field.name}-${i % 6}`
      case 'enum':
        return field.values[i % field.values.length]
      case 'boolean':
        return i % 2 === 0
      case 'instant':
        return new Date(Date.UTC(2026, 0, 1) + i * 1000)
      case 'number':
        return i / 4
      case 'date':
        return `2026-01-${String((i % 28) + 1).padStart(2, '0')}`
      case 'decimal':
        return String(i % 10)
      case 'bytes':
        return Uint8Array.of(i % 256)
      case 'json':
        return { i }
      case 'list':
        return Array.from({ length: i % 3 }, (_, n) => cellOf(field.children?.[0] as Field, i + n))
      case 'map':
        return { [`k${i % 3}`]: cellOf(field.children?.[0] as Field, i) }
      case 'struct':
        return structOf(field, i)
      default:
        return i
    }
  }
  return Array.from({ length: 160 }, (_, at) => {
    // Every eighth row is one that came before, so that what drops repeats has some to drop.
    const i = at % 8 === 7 ? at - 4 : at
    const cells = schema.fields.map((field) => [field.name, cellOf(field, i)] as const)
    return Object.fromEntries(cells.filter(([, value]) => value !== undefined)) as A
  })
}
