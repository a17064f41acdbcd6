import type { OperatorFunction } from 'rxjs'
import * as z from 'zod'
import { TicketsError } from '../base/errors.ts'
import { keyedHash } from '../base/keyed-hash.ts'
import { zodShape } from '../base/zod-definition.ts'
import { type Batch, internals, type Schema } from '../batch/batch.ts'
import { makeSchema } from '../schema/define.ts'
import { withMarks } from '../schema/personal/carried-marks.ts'
import { operate } from './operate.ts'
import { hasher } from './redact/hash.ts'
import { locateFields, type Plan } from './redact/locate-fields.ts'
import { masker } from './redact/mask.ts'
import { type Replace, redactedColumns } from './redact/redacted-columns.ts'
import { redactedMarks } from './redact/redacted-marks.ts'
import type { FieldPath, Redacted, Redaction } from './redact/redacted-row.ts'
import { redactedShape } from './redact/redacted-shape.ts'

/** Settings of `redact`. */
export interface RedactOptions<P extends string, How extends Redaction> {
  /** The columns, or members by their paths: `user.email`, or `products.serial` for each product of a list. Of a list or map of texts, each value. */
  fields: readonly P[]
  /** `drop` removes them, `mask` writes `***` in place of text, and `hash` the HMAC-SHA-256 of text, whole numbers and dates as 64 hex digits. */
  how: How
  /** Of `hash`: at least 16 bytes, or a text of such a length in UTF-8. The same value has the same hash in all columns under one key. */
  key?: How extends 'hash' ? string | Uint8Array : never
  /** Of `mask`: how many of the last characters stay, in texts that are at least twice as long. None by default. */
  keepLast?: How extends 'mask' ? number : never
}

/**
 * Removes, masks or hashes personal data in columns and in members of nested ones. Null stays null. Hashes of equal values are equal, so that joins,
 * windows and `dedupe` by them still work.
 *
 * Only rows are redacted, not the messages that become dead letters, nor late rows of a window before it. The key is in no record and in no error.
 *
 * @throws `OPTION_INVALID` for a short key, or as the flow's error for a field that is not there, is the event time, or is not of a kind that goes with `how`
 * @example
 * tickets.pipe(redact({ fields: ['client_id'], how: 'hash', key: process.env.REDACT_KEY ?? '' })) // { client_id: '9f2c…', … }
 */
export function redact<T, const P extends FieldPath<T>, const How extends Redaction>(
  options: RedactOptions<P, How>,
): OperatorFunction<Batch<T>, Batch<Redacted<T, P, How>>> {
  type Row = Redacted<T, P, How>
  const { fields, how } = options
  const replace = replaceOf(options)
  const known = new WeakMap<Schema<T>, { readonly schema: Schema<Row>; readonly plan: Plan }>()
  const found = (schema: Schema<T>) => {
    const plan = locateFields(schema, fields, how)
    const made = { schema: redactedSchema<Row>(schema, plan, how), plan }
    known.set(schema, made)
    return made
  }
  return operate<Batch<T>, Batch<Row>>((out, scope) => ({
    next(batch) {
      const { schema, plan } = known.get(batch.schema) ?? found(batch.schema)
      const columns = redactedColumns(batch.schema.fields, internals.columns(batch), schema.fields, plan, replace)
      const metadata = withMarks(internals.metadata(batch), schema, (before) => redactedMarks(before, plan, how, options.keepLast ?? 0))
      out.next(internals.make(schema, columns, batch.length, metadata, internals.origin(batch)))
    },
    ready: () => scope?.describe('redact', { fields, how }),
  }))
}

function replaceOf({ fields, how, key, keepLast = 0 as never }: RedactOptions<string, Redaction>): Replace {
  const wrong = (why: string) => new TicketsError('OPTION_INVALID', `redact ${why}`)
  if (fields.length === 0) throw wrong('takes at least one field')
  if (how !== 'hash' && key !== undefined) throw wrong(`takes a key only with how: 'hash'`)
  if (how !== 'mask' && keepLast !== 0) throw wrong(`takes keepLast only with how: 'mask'`)
  switch (how) {
    case 'drop':
      return null
    case 'mask':
      if (!(Number.isSafeInteger(keepLast) && keepLast >= 0)) throw wrong(`takes a whole number from 0 as keepLast, got ${keepLast}`)
      return masker(keepLast)
    case 'hash':
      if (key === undefined) throw wrong(`takes a key with how: 'hash'`)
      return hasher(keyedHash(key))
    default:
      throw wrong(`takes how: 'drop', 'mask' or 'hash', got ${JSON.stringify(how)}`)
  }
}

const REDACTED = '_redacted'

function redactedSchema<Row>({ name, version, time, keys, zod }: Schema<unknown>, plan: Plan, how: Redaction): Schema<Row> {
  const type = z.object(redactedShape(zodShape(zod), plan, how) as never)
  return makeSchema<Row>(type, { name: name.endsWith(REDACTED) ? name : `${name}${REDACTED}`, version, time: time === '' ? null : time }, keys)
}
