import { type Field, TicketsError } from '@tickets/core'
import { base64Of } from '@tickets/core/internal'

type Text = (value: unknown) => string

/** A number as JSON has it: minus zero stays (DuckDB takes `-0` for the integer 0), infinities have no form. */
function numberText(value: number, path: string): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value)
  throw new TicketsError(
    'ENCODER_FAILED',
    `column "${path}" holds ${value}, which JSON cannot: filter or replace it with mapRows, or write Parquet, Arrow or CSV`,
  )
}

function structText({ children = [] }: Field, path: string): Text {
  const members = children.map((child) => ({ ...child, key: `${JSON.stringify(child.name)}:`, text: jsonValue(child, `${path}.${child.name}`) }))
  return (value) => {
    let out = ''
    for (const { name, key, text } of members) {
      const member = (value as Readonly<Record<string, unknown>>)[name]
      if (member !== undefined) out += `${out === '' ? '' : ','}${key}${member === null ? 'null' : text(member)}`
    }
    return `{${out}}`
  }
}

/** Returns how one column's values look in JSON: instants as ISO 8601 with Z, decimals as text, bytes as base64. Never called for null or an absent one. */
export function jsonValue(field: Field, path = field.name): Text {
  const [inside] = field.children ?? []
  switch (field.kind) {
    case 'enum': {
      const members = new Map(field.values.map((member) => [member, JSON.stringify(member)]))
      return (value) => members.get(value as string) ?? JSON.stringify(value)
    }
    case 'instant':
      return (value) => `"${(value as Date).toISOString()}"`
    case 'number':
      return (value) => numberText(value as number, path)
    case 'integer':
    case 'int32':
    case 'boolean':
      return String
    case 'string':
    case 'json':
      return JSON.stringify
    case 'date':
    case 'decimal':
      return (value) => `"${value}"`
    case 'bytes':
      return (value) => `"${base64Of(value as Uint8Array)}"`
    case 'struct':
      return structText(field, path)
    case 'list': {
      const text = jsonValue(inside as Field, `${path}.element`)
      return (value) => `[${(value as readonly unknown[]).map((item) => (item === null ? 'null' : text(item))).join(',')}]`
    }
    case 'map': {
      const text = jsonValue(inside as Field, `${path}.value`)
      return (value) => {
        const members = Object.entries(value as object).map(([key, item]) => `${JSON.stringify(key)}:${item === null ? 'null' : text(item)}`)
        return `{${members.join(',')}}`
      }
    }
  }
}
