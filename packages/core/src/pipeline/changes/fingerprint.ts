import { isTicketsError, TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { byName } from '../../base/own-names.ts'
import type { Graph } from '../../dataflow/graph.ts'
import type { Field, Kind, VariantMember } from '../../store/field.ts'

/** One column as the log keeps it: a type of its own, since JSON takes no interface. */
type FieldPrint = Omit<Field, 'children' | 'variants'> & {
  readonly children?: readonly FieldPrint[]
  readonly variants?: readonly (readonly Pick<VariantMember, keyof VariantMember>[])[]
}

/** What a flow is: all that its state in the log depends on. */
export type FlowPrint = {
  /** Operators with their options, without functions. */
  readonly operators: readonly Json[]
  readonly schema: { readonly name: string; readonly fields: readonly FieldPrint[] }
  /** What its sink writes, where it says so. */
  readonly format?: string
}

/** What the flows are: all that a state in the log depends on (docs/internals/protocol.md#1.1). */
export type Fingerprint = {
  readonly source: FlowPrint['schema']
  readonly flows: Readonly<Record<string, FlowPrint>>
}

/** Reads the fingerprint that a record holds. */
export const readFingerprint = (json: Json): Fingerprint => json as Fingerprint

/** Returns the fingerprint of a graph. */
export function fingerprintOf<T>(graph: Graph<T>, source: { name: string; fields: readonly Field[] }): Fingerprint {
  const flows = byName<FlowPrint>()
  for (const end of graph.ends) {
    flows[end.flow] = {
      operators: graph.described[end.flow] ?? [],
      schema: { name: end.schema?.name ?? '', fields: end.schema?.fields ?? [] },
      ...(end.sink.format === undefined ? {} : { format: end.sink.format }),
    }
  }
  return JSON.parse(JSON.stringify({ source: { name: source.name, fields: source.fields }, flows })) as Fingerprint
}

/**
 * Compares what a log was begun with and what runs now. Compatible changes of a schema pass: an optional column more, an enum value
 * more, a wider number (docs/internals/protocol.md#1.3).
 *
 * @throws `PIPELINE_CHANGED`, naming what changed
 */
export function checkFingerprint(before: Fingerprint, now: Fingerprint): void {
  checkSchema('the source', before.source.fields, now.source.fields)
  const names = new Set([...Object.keys(before.flows), ...Object.keys(now.flows)])
  for (const name of names) {
    const [old, fresh] = [byName(before.flows)[name], byName(now.flows)[name]]
    if (!old) throw changed(`the flow "${name}" is new`, JOIN)
    if (!fresh) throw changed(`the flow "${name}" is gone`, DROP)
    checkFlow(name, old, fresh)
  }
}

/** Throws `PIPELINE_CHANGED` where a flow is not what it was. */
export function checkFlow(name: string, old: FlowPrint, fresh: FlowPrint): void {
  const [were, are] = [deciding(old.operators), deciding(fresh.operators)]
  if (were !== are) throw changed(`the operators of flow "${name}" are others: ${were} became ${are}`, ANEW)
  if (old.format !== fresh.format) throw changed(`flow "${name}" wrote ${old.format} and now writes ${fresh.format}`, ANEW)
  checkSchema(`flow "${name}"`, old.schema.fields, fresh.schema.fields)
}

/** Returns whether a flow is unchanged, or a compatible change of the old one. */
export function isSameFlow(old: FlowPrint, fresh: FlowPrint): boolean {
  try {
    checkFlow('', old, fresh)
    return true
  } catch (error) {
    if (isTicketsError(error, 'PIPELINE_CHANGED')) return false
    throw error
  }
}

/** Returns whether operators of a flow may keep state from range to range. */
export const hasState = ({ operators }: Pick<FlowPrint, 'operators'>): boolean => deciding(operators) !== '[]'

/** Operators that are a function and remember nothing. Logs of earlier releases name `assignTeam` and `highPriority`, which are such functions now. */
const FREE = ['mapRows', 'flatMapRows', 'filterRows', 'mapColumn', 'filterColumn', 'redact', 'assignTeam', 'highPriority']

/**
 * Returns the operators that a flow's state depends on, as JSON text. Those that keep no state are not compared, so they may be added or removed. Errors
 * about rows that a target refuses advise exactly that. The flow's columns are compared by `checkSchema`.
 */
function deciding(operators: readonly Json[]): string {
  return JSON.stringify(operators.filter((one) => !(Array.isArray(one) && FREE.includes(String(one[0])))))
}

function checkSchema(what: string, before: readonly FieldPrint[], now: readonly FieldPrint[]): void {
  for (const old of before) {
    const fresh = now.find((field) => field.name === old.name)
    if (!fresh) throw changedSchema(`${what} has lost the column "${old.name}"`)
    if (!isWidened(old.kind, fresh.kind)) throw changedSchema(`the column "${old.name}" of ${what} was ${old.kind} and is ${fresh.kind}`)
    if (old.values.some((value, i) => fresh.values[i] !== value))
      throw changedSchema(`the enum "${old.name}" of ${what} has lost or moved a value: add new ones at the end`)
    if ((old.optional && !fresh.optional) || (old.nullable && !fresh.nullable))
      throw changedSchema(`the column "${old.name}" of ${what} could be without a value and no longer can`)
    if ((old.precision ?? 0) - (old.scale ?? 0) > (fresh.precision ?? 0) - (fresh.scale ?? 0) || old.scale !== fresh.scale)
      throw changedSchema(
        `the decimal "${old.name}" of ${what} was ${digits(old)} and is ${digits(fresh)}: only digits before the point can be added`,
      )
    if (old.children && fresh.children) checkSchema(`"${old.name}" of ${what}`, old.children, fresh.children)
    checkVariants(what, old, fresh)
  }
  const added = now.find((field) => !field.optional && !before.some((old) => old.name === field.name))
  if (added) throw changedSchema(`${what} has a new column "${added.name}" that is not optional`)
}

const digits = ({ precision, scale }: FieldPrint) => `(${precision}, ${scale})`

/** Rows of a variant that are there must still be rows of it. */
function checkVariants(what: string, old: FieldPrint, fresh: FieldPrint): void {
  if ((old.variants === undefined) !== (fresh.variants === undefined))
    throw changedSchema(`the column "${old.name}" of ${what} has become another kind of object: a discriminated union, or no longer one`)
  old.variants?.forEach((members, code) => {
    const now = fresh.variants?.[code] ?? []
    const isKept = (name: string, optional: boolean, nullable: boolean) =>
      now.some((member) => member.name === name && (member.optional || !optional) && (member.nullable || !nullable))
    const lost = members.find(({ name, optional, nullable }) => !isKept(name, optional, nullable))
    const added = now.find(({ name, optional }) => !optional && !members.some((member) => member.name === name))
    const wrong = lost ?? added
    if (wrong) throw changedSchema(`the member "${wrong.name}" of a variant of "${old.name}" in ${what} is lost, new or no longer optional`)
  })
}

function isWidened(old: Kind, fresh: Kind): boolean {
  return old === fresh || (old === 'int32' && (fresh === 'integer' || fresh === 'number')) || (old === 'integer' && fresh === 'number')
}

const DROP = "To drop it and keep the log, set changes: { dropped: 'remember' }. Otherwise "
const ANEW = "To start it anew in its next version, set changes: { changed: 'next-version' }. Otherwise "
const JOIN =
  "To let it join from where the pipeline stands, set changes: { added: 'current' }; to fill it from the beginning too, { added: 'backfill' }. Otherwise "

/** Returns the error with every remedy. `first` is the remedy for this difference only. */
function changed(what: string, first = ''): TicketsError {
  const rest = `${first === '' ? 'Undo' : 'undo'} that, run what is new under another name with a log and targets of its own, or start over with a new log (stop every process, then delete the old one)`
  return new TicketsError('PIPELINE_CHANGED', `this log was begun by another pipeline: ${what}. ${first}${rest}`)
}

/** Tells by its cause that the schema is what changed: a new version of the dataset can begin with it. */
function changedSchema(what: string): TicketsError {
  const { code, message } = changed(what)
  return new TicketsError(code, message, { cause: new TicketsError('SCHEMA_MISMATCH', `${what}: no compatible change of a schema`) })
}
