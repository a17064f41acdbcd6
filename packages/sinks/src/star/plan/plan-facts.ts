import { type Field, TicketsError } from '@tickets/core'
import { isComparable } from '@tickets/core/internal'
import type { DimensionPlan, FactColumn, FactPlan, ReferencePlan, StagedField } from './plan.ts'
import { type AnyFact, type DescribedReference, type Given, givenAt } from './references.ts'
import { widest } from './widest.ts'

/** The day that a row of a fact speaks of. */
const SNAPSHOT_DATE = 'snapshot_date'
/** The revision of a row of a fact, or the version of its schema. */
const SNAPSHOT_VERSION = 'snapshot_version'
const REVISION = 'revision'
const invalid = (message: string) => new TicketsError('OPTION_INVALID', message)

/** Returns the name of a column for a path: no SQL needs quotes for it. */
const columnName = (path: string) => path.replaceAll('.', '_')

const asColumn = ({ field }: Given, name: string): Field => ({ ...field, name, nullable: field.nullable || field.optional, optional: false })

/** Returns a fact as a table: its key, its references, its other columns, and its snapshot. */
export function planFact(name: string, fact: AnyFact, described: readonly DescribedReference[], dimensions: readonly DimensionPlan[]): FactPlan {
  const { schema, revisions = 'last', table = `fact_${name}` } = fact
  const what = `fact "${name}"`
  if (revisions !== 'last' && revisions !== 'all') throw invalid(`${what}: revisions is 'last' or 'all', got ${JSON.stringify(revisions)}`)
  const references = described.map(({ dimension, column, key, gives }): ReferencePlan => {
    const found = dimensions.find((one) => one.name === dimension) as DimensionPlan
    return {
      dimension: found,
      column,
      path: key.path,
      isTime: found.isDays && key.field.kind === 'instant',
      gives: new Map([...gives].map(([to, { path }]) => [to, path])),
    }
  })
  const revision = schema.fields.find(
    (field) => field.name === REVISION && ['int32', 'integer'].includes(field.kind) && !field.optional && !field.nullable,
  )
  if (revisions === 'all' && !revision)
    throw invalid(`${what}: revisions: 'all' is for rows with a whole number \`revision\`, which ${schema.name} has not`)
  const paths = keyPaths(what, fact)
  const newestPath = paths.length === 0 || revision ? null : schema.time
  const kept = keptPaths(what, fact, references, [...paths, ...(newestPath ? [newestPath] : [])], revision !== undefined)
  const keyColumns = paths.map((path) => (kept.includes(path) ? columnName(path) : (referenceBy(references, path)?.column ?? columnName(path))))
  const own = kept.map((path): FactColumn => ({ field: asColumn(givenAt(schema, path, what), columnName(path)), from: { path } }))
  const links = references.map(({ dimension, column, path, isTime }): FactColumn => {
    const { nullable } = asColumn(givenAt(schema, path, what), column)
    return { field: { ...dimension.key, name: column, nullable }, from: isTime ? { dayOf: path } : { path } }
  })
  const day = givenAt(
    schema,
    fact.snapshot ?? (schema.fields.some((field) => field.name === 'window_start') ? 'window_start' : schema.time),
    `${what}, snapshot`,
  )
  if (day.field.kind !== 'instant' && day.field.kind !== 'date')
    throw invalid(`${what}: snapshot is the path of an instant or a date, and "${day.path}" is ${day.field.kind}`)
  const snapshot: FactColumn[] = [
    {
      field: { ...asColumn(day, SNAPSHOT_DATE), kind: 'date' },
      from: day.field.kind === 'instant' ? { dayOf: day.path } : { path: day.path },
    },
    {
      field: { name: SNAPSHOT_VERSION, kind: 'int32', values: [], optional: false, nullable: false },
      from: revision ? { path: REVISION } : 'version',
    },
  ]
  const isKey = ({ field }: FactColumn) => keyColumns.includes(field.name)
  const columns = [...own.filter(isKey), ...links, ...own.filter((column) => !isKey(column)), ...snapshot]
  checkNames(what, columns)
  const days = dimensions.find((dimension) => dimension.isDays)
  const dayReference: ReferencePlan[] = days
    ? [{ dimension: days, column: SNAPSHOT_DATE, path: day.path, isTime: day.field.kind === 'instant', gives: new Map() }]
    : []
  // One order for all facts, so that their transactions do not lock members in two.
  const order = [...references, ...dayReference].sort((a, b) => dimensions.indexOf(a.dimension) - dimensions.indexOf(b.dimension))
  const plan = { name, table, schema, columns, references: order }
  const key = revisions === 'all' && keyColumns.length > 0 ? [...keyColumns, SNAPSHOT_VERSION] : keyColumns
  const newest = keyColumns.length === 0 || revisions === 'all' ? null : revision ? SNAPSHOT_VERSION : columnName(schema.time)
  return { ...plan, key, newest, staged: stagedOf(plan, key) }
}

const referenceBy = (references: readonly ReferencePlan[], path: string) => references.find((one) => one.path === path && !one.isTime)

function keyPaths(what: string, { key, schema }: AnyFact): readonly string[] {
  const paths: readonly string[] = key === undefined ? schema.keys : typeof key === 'string' ? [key] : key
  for (const path of paths) {
    const { field } = givenAt(schema, path, `${what}, key`)
    if (!isComparable(field.kind))
      throw invalid(`${what}: the key "${path}" is ${field.kind}, by which rows cannot be told apart: choose other columns`)
    if (field.optional || field.nullable)
      throw invalid(
        `${what}: the key "${path}" may be without a value, and rows without one would never replace each other: fill it in with mapRows, or choose other columns`,
      )
  }
  if (new Set(paths).size < paths.length) throw invalid(`${what}: a column stands twice in its key: ${paths.join(', ')}`)
  return paths
}

/** Returns the paths that are columns of their own, in the order of the schema. */
function keptPaths(
  what: string,
  { schema, columns }: AnyFact,
  references: readonly ReferencePlan[],
  needed: readonly string[],
  hasRevision: boolean,
): readonly string[] {
  const moved = new Set([
    ...references.filter(({ isTime }) => !isTime).map(({ path }) => path),
    ...references.flatMap(({ dimension, gives }) =>
      [...gives].filter(([to]) => dimension.columns.find(({ name }) => name === to)?.follows === 'newest').map(([, path]) => path),
    ),
    ...(hasRevision ? [REVISION] : []),
  ])
  const isMoved = (field: Field, path: string): boolean =>
    moved.has(path) || (field.kind === 'struct' && (field.children ?? []).every((child) => isMoved(child, `${path}.${child.name}`)))
  const chosen: readonly string[] = columns ?? schema.fields.filter((field) => !isMoved(field, field.name)).map(({ name }) => name)
  for (const path of chosen) givenAt(schema, path, `${what}, columns`)
  const more = needed.filter((path) => !chosen.includes(path) && (path === schema.time || !referenceBy(references, path)))
  return [...new Set([...more, ...chosen])]
}

function checkNames(what: string, columns: readonly FactColumn[]): void {
  const names = columns.map(({ field }) => field.name.toLowerCase())
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined)
    throw invalid(
      `${what} has the column "${twice}" twice: name the columns it keeps in \`columns\`, or give a reference another column with \`roles\``,
    )
}

/** Returns every value of the rows that is stored, as the widest of its uses. */
function stagedOf(
  { schema, columns, references, name }: Pick<FactPlan, 'schema' | 'columns' | 'references' | 'name'>,
  key: readonly string[],
): FactPlan['staged'] {
  const staged = new Map<string, StagedField>()
  const add = (path: string, use: Field | null, isKey: boolean) => {
    const { field } = givenAt(schema, path, `fact "${name}"`)
    const before = staged.get(path)
    const own = before?.field ?? { ...field, name: path }
    // Each use was made of this value, so one of them holds the others.
    staged.set(path, {
      field: { ...((use && widest(own, use)) ?? own), name: path, optional: field.optional, nullable: field.nullable },
      isKey: isKey || (before?.isKey ?? false),
    })
  }
  for (const { field, from } of columns)
    if (from !== 'version') 'path' in from ? add(from.path, field, key.includes(field.name)) : add(from.dayOf, null, false)
  for (const { dimension, path, isTime, gives } of references) {
    add(path, isTime ? null : dimension.key, !isTime)
    for (const [to, from] of gives) add(from, dimension.columns.find((column) => column.name === to) ?? null, false)
  }
  add(schema.time, null, false)
  return staged
}
