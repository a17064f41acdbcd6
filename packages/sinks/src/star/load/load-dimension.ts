import type { Change, Dialect } from '../../sql/connection/dialect.ts'
import { RANGE, ROW } from '../../sql/table/names.ts'
import { DAY_KEY } from '../plan/date-dimension.ts'
import type { ReferencePlan } from '../plan/plan.ts'
import { UPDATED_AT } from '../plan/plan-dimensions.ts'
import type { StagedSource } from './staged-source.ts'

const HERE = `s.${RANGE} = ?`
const texts = (names: readonly string[]) => names.map((name) => `'${name}'`)
const months = texts(['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'])
const weekdays = texts(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])
const choose = (number: string, names: readonly string[]) => `CASE ${number} ${names.map((name, i) => `WHEN ${i + 1} THEN ${name}`).join(' ')} END`

/** Returns the statement that brings the members that staged rows refer to into a dimension: in the order of their keys, so that tasks do not deadlock there. */
export function loadDimension(dialect: Dialect, reference: ReferencePlan, source: StagedSource): string {
  const { dimension, gives } = reference
  return dimension.isDays ? days(dialect, reference, source) : gives.size > 0 ? members(dialect, reference, source) : keys(dialect, reference, source)
}

/** The keys that are not there yet. What is there is only read, so that tasks do not wait for each other. */
function keys(dialect: Dialect, { dimension, path }: ReferencePlan, { from, at }: StagedSource): string {
  const [table, key] = [dialect.quote(dimension.table), dialect.quote(dimension.key.name)]
  return `INSERT INTO ${table} (${key}) SELECT n.member FROM (SELECT DISTINCT ${at(path)} AS member FROM ${from} AS s WHERE ${HERE} AND ${at(path)} IS NOT NULL) AS n
WHERE NOT EXISTS (SELECT 1 FROM ${table} AS d WHERE d.${key} = n.member) ORDER BY n.member ${dialect.onConflict(dimension.table, [dimension.key.name], [])}`
}

function days(dialect: Dialect, { dimension, path, isTime }: ReferencePlan, { from, at }: StagedSource): string {
  const [table, key] = [dialect.quote(dimension.table), dialect.quote(DAY_KEY)]
  const day = isTime ? dialect.dayOf(at(path)) : at(path)
  const weekday = dialect.isoDay('n.member')
  const month = 'EXTRACT(MONTH FROM n.member)'
  const values = {
    year: 'EXTRACT(YEAR FROM n.member)',
    quarter: 'EXTRACT(QUARTER FROM n.member)',
    month,
    month_name: choose(month, months),
    iso_week: dialect.isoWeek('n.member'),
    day: 'EXTRACT(DAY FROM n.member)',
    day_of_week: weekday,
    day_name: choose(weekday, weekdays),
    is_weekend: `${weekday} >= 6`,
  }
  return `INSERT INTO ${table} (${[key, ...Object.keys(values).map(dialect.quote)].join(', ')}) SELECT n.member, ${Object.values(values).join(', ')}
FROM (SELECT DISTINCT ${day} AS member FROM ${from} AS s WHERE ${HERE} AND ${at(path)} IS NOT NULL) AS n
WHERE NOT EXISTS (SELECT 1 FROM ${table} AS d WHERE d.${key} = n.member) ORDER BY n.member ${dialect.onConflict(dimension.table, [DAY_KEY], [])}`
}

/** The members with their columns: `newest` ones of the newest row, which replace those of an older one, and the extremes of all rows. */
function members(dialect: Dialect, { dimension, path, gives }: ReferencePlan, { from, at, has, time }: StagedSource): string {
  const { quote } = dialect
  const [table, key] = [quote(dimension.table), quote(dimension.key.name)]
  const given = dimension.columns.flatMap((column) => {
    const source = gives.get(column.name)
    return source !== undefined && has(source) ? [{ ...column, source: at(source) }] : []
  })
  const newest = given.filter(({ follows }) => follows === 'newest')
  const extremes = given.filter(({ follows }) => follows !== 'newest')
  const updated = newest.length > 0 ? [UPDATED_AT] : []
  const before = `${table}.${quote(UPDATED_AT)}`
  const isNewer = `(${before} IS NULL OR ${dialect.incoming(UPDATED_AT)} >= ${before})`
  const best = (follows: string) => (follows === 'min' ? (['MIN', 'LEAST'] as const) : (['MAX', 'GREATEST'] as const))
  const values = [
    ...newest.map(({ name, source }) => ({ name, value: source })),
    ...extremes.map(({ name, follows, source }) => ({ name, value: `${best(follows)[0]}(${source}) OVER (PARTITION BY ${at(path)})` })),
    ...updated.map((name) => ({ name, value: at(time) })),
  ]
  const ifNewer = (name: string): Change => ({ name, value: (incoming, existing) => `CASE WHEN ${isNewer} THEN ${incoming} ELSE ${existing} END` })
  const changes = [
    ...newest.map(({ name }) => ifNewer(name)),
    ...extremes.map(
      ({ name, follows }): Change => ({
        name,
        value: (incoming, existing) => `COALESCE(${best(follows)[1]}(${incoming}, ${existing}), ${incoming}, ${existing})`,
      }),
    ),
    // The others are compared with the old one, so it goes last.
    ...updated.map(ifNewer),
  ]
  const names = values.map(({ name }) => quote(name))
  return `INSERT INTO ${table} (${[key, ...names].join(', ')}) SELECT n.member, ${names.map((name) => `n.${name}`).join(', ')} FROM (
SELECT ${at(path)} AS member, ${values.map(({ name, value }) => `${value} AS ${quote(name)}`).join(', ')},
ROW_NUMBER() OVER (PARTITION BY ${at(path)} ORDER BY ${at(time)} DESC, s.${ROW} DESC) AS _tickets_place
FROM ${from} AS s WHERE ${HERE} AND ${at(path)} IS NOT NULL) AS n
WHERE n._tickets_place = 1 ORDER BY n.member ${dialect.onConflict(dimension.table, [dimension.key.name], changes)}`
}
