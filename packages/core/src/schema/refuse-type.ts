import { TicketsError } from '../base/errors.ts'

const advice: Record<string, string> = {
  date: 'use instant() for a time and date() for a day: z.date() has no JSON form',
  bigint: 'use z.int(), or decimal() for more digits: rows hold no bigint',
  any: 'use json()',
  unknown: 'use json()',
  lazy: 'use json()',
  tuple: 'use z.array() or json()',
  map: 'use z.record()',
  set: 'use z.array()',
  pipe: 'use instant() for times, and mapRows for other changes of type',
  transform: 'use mapRows after decoding',
}

/** Throws `SCHEMA_UNSUPPORTED`, naming the field, or `path.to.it`. */
export function refuse(name: string, type: string, hint = advice[type]): never {
  const kinds =
    'a column is a string, enum, literal, number, integer, boolean, instant(), date(), decimal(), json(), bytes(), object, array, record or discriminated union, or an optional, nullable or default one of these'
  throw new TicketsError('SCHEMA_UNSUPPORTED', `field "${name}" is a zod ${type}, which has no column: ${hint ?? kinds}`)
}
