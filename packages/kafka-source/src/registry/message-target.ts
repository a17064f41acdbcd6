import type { Schema } from '@tickets/core'
import { decimalType, inputOf, isBytes, zodDefinition } from '@tickets/core/internal'
import { anyTarget, rowTarget, type Target, timeOf } from './target.ts'

type Zod = Schema<unknown>['zod']

/** Types around another one that only say whether a value may be missing. */
const wrappers = new Set(['optional', 'nullable', 'default'])

/**
 * Returns what the messages of a schema have to be: the columns that come from a message's value or, where the schema makes its rows by `map`, the type
 * that `from` names.
 */
export function messageTarget(schema: Schema<unknown>): Target {
  const { from, own, isStrict, refuses, rest } = inputOf(schema)
  if (from) return typeTarget('', from)
  // Unknown fields are passed to a schema that refuses them, or keeps them in a column.
  return { ...rowTarget(schema, own, refuses), ...((isStrict || rest >= 0) && { isStrict: true }) }
}

/** Returns the target of any zod type: of one that says no more, every value in the form that JSON has for it. */
function typeTarget(path: string, zod: Zod): Target {
  let type = zod
  let [mayMiss, nullable] = [false, false]
  for (let def = zodDefinition(type); wrappers.has(def.type); def = zodDefinition(type)) {
    if (def.type === 'nullable') nullable = true
    else mayMiss = true
    type = def.innerType as Zod
  }
  const made = bareTarget(path, type)
  return { ...made, isRequired: made.isRequired && !mayMiss, ofNull: mayMiss && !nullable ? 'omit' : 'null' }
}

function bareTarget(path: string, type: Zod): Target {
  const { type: kind, shape = {}, catchall, element, valueType, transform } = zodDefinition(type)
  const required = { path, isRequired: true, ofNull: 'null' } as const
  const inside = (name: string) => (path === '' ? name : `${path}.${name}`)
  switch (kind) {
    case 'object': {
      const members = Object.entries(shape).map(([name, inner]) => [name, typeTarget(inside(name), inner)] as const)
      return { ...required, kind: 'struct', members: new Map(members), isStrict: catchall !== undefined }
    }
    case 'array':
      return { ...required, kind: 'list', element: element ? typeTarget(inside('element'), element) : anyTarget(inside('element')) }
    case 'record':
      return { ...required, kind: 'map', element: valueType ? typeTarget(inside('value'), valueType) : anyTarget(inside('value')) }
    case 'pipe': {
      if (decimalType(transform)) return { ...required, kind: 'decimal' }
      if (isBytes(transform)) return { ...required, kind: 'bytes' }
      const time = timeOf(type)
      return time === 'own' ? { ...anyTarget(path), isRequired: true } : { ...required, kind: 'instant', time }
    }
    case 'string':
    case 'number':
    case 'boolean':
    case 'enum':
    case 'literal':
      return { ...anyTarget(path), isRequired: true }
    default:
      // It may take an absent value.
      return anyTarget(path)
  }
}
