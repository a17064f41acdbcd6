import { InvalidValue } from '../invalid-value.ts'
import type { AvroCursor } from './cursor.ts'
import type { AvroType } from './parse.ts'

type Skip = (cursor: AvroCursor) => void

const known = new WeakMap<AvroType, Skip>()

/** Returns what passes a value of this type. */
export function skipperOf(type: AvroType): Skip {
  const there = known.get(type)
  if (there) return there
  let made: Skip | null = null
  // A record may contain itself.
  known.set(type, (cursor) => made?.(cursor))
  made = make(type)
  known.set(type, made)
  return made
}

function make(type: AvroType): Skip {
  switch (type.type) {
    case 'null':
      return () => {}
    case 'boolean':
      return (cursor) => void cursor.boolean()
    case 'int':
    case 'long':
    case 'enum':
      return (cursor) => void cursor.long()
    case 'float':
      return (cursor) => void cursor.take(4)
    case 'double':
      return (cursor) => void cursor.take(8)
    case 'bytes':
    case 'string':
      return (cursor) => void cursor.block()
    case 'fixed':
      return (cursor) => void cursor.take(type.size)
    case 'record': {
      const parts = type.fields.map((field) => skipperOf(field.type))
      return (cursor) => {
        cursor.enter()
        for (const skip of parts) skip(cursor)
        cursor.leave()
      }
    }
    case 'array': {
      const skip = skipperOf(type.items)
      return (cursor) => cursor.items(() => skip(cursor))
    }
    case 'map': {
      const skip = skipperOf(type.values)
      return (cursor) =>
        cursor.items(() => {
          cursor.block()
          skip(cursor)
        })
    }
    case 'union': {
      const branches = type.branches.map(skipperOf)
      return (cursor) => {
        const skip = branches[cursor.size()]
        if (!skip) throw new InvalidValue('a branch that the union does not have: the value is damaged')
        skip(cursor)
      }
    }
  }
}
