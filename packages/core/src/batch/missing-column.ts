import { nearest } from '../base/nearest.ts'
import type { Field } from '../store/field.ts'

/**
 * Returns the end of a message about a path that names no column: what there is, what was probably meant, or what to do with the list on the way.
 *
 * @example
 * missingColumn(Order.fields, 'user.nam') // '; user has user.id, user.name. Did you mean user.name?'
 */
export function missingColumn(fields: readonly Field[], path: string): string {
  const { field, name } = lastKnown(fields, path, '')
  if (!field) return listed('it', fields, '', path)
  switch (field.kind) {
    case 'struct':
      return listed(name, field.children ?? [], `${name}.`, path)
    case 'list':
      // Only columns of the row itself can be exploded.
      return fields.includes(field)
        ? `: ${name} is a list, so explode('${name}') first`
        : `: ${name} is a list, so make it a column with mapRows and explode that first`
    case 'map':
      return `: ${name} is a record, whose keys are no columns, so make a column of its value with mapRows`
    default:
      return `: ${name} is of kind ${field.kind} and has no members`
  }
}

/** Returns the last field on the way along a path, with its path; none where already the first is unknown. */
function lastKnown(fields: readonly Field[], path: string, way: string): { readonly field: Field | null; readonly name: string } {
  // A name with dots comes before a path.
  const on = fields.filter(({ name }) => path.startsWith(`${name}.`)).sort((a, b) => b.name.length - a.name.length)
  const [field] = on
  if (!field) return { field: null, name: '' }
  const name = way + field.name
  if (field.kind !== 'struct') return { field, name }
  const inner = lastKnown(field.children ?? [], path.slice(field.name.length + 1), `${name}.`)
  return inner.field ? inner : { field, name }
}

function listed(what: string, fields: readonly Field[], way: string, path: string): string {
  const names = fields.map(({ name }) => way + name)
  const near = nearest(
    path.slice(way.length),
    fields.map(({ name }) => name),
  )
  return `; ${what} has ${names.join(', ')}${near === null ? '' : `. Did you mean ${way}${near}?`}`
}
