import { type Sink, TicketsError } from '@tickets/core'
import { Database } from '../sql/connection/database.ts'
import { settingsOfDatabase } from '../sql/connection/sql-database.ts'
import { checkColumns, checkTable } from '../sql/table/names.ts'
import { tableSink } from '../sql/table-sink.ts'
import { loadingOf } from './load/load-fact.ts'
import { isBehind, migrate } from './migrate.ts'
import type { DimensionsOptions, StarSchema, StarSchemaOptions } from './plan/options.ts'
import type { FactPlan } from './plan/plan.ts'
import { planStar } from './plan/plan-star.ts'
import { lookAtTables } from './star-tables.ts'

/**
 * Makes a sink for each fact of a star schema in a database: one transaction applies a range of rows with the members of the dimensions that they refer to,
 * exactly once.
 *
 * Dimensions are first, so that no foreign key fails, and facts refer to them by their natural keys. A `newest` column of a dimension is that of the row with the
 * newest event time, whatever order rows come in. Rows without a key for a dimension have NULL there. Tables that are missing are made when a pipeline
 * starts, and columns that may be without a value are added to those that are there.
 *
 * @throws `OPTION_INVALID` at once; later `TARGET_UNUSABLE`, `TARGET_OWNED`, `SCHEMA_MISMATCH`, `SINK_FAILED`, `ENCODER_FAILED`, `STAGED_LOST`
 * @example
 * const { facts } = starSchema({
 *   database: mysql({ url: 'mysql://app:secret@localhost/shop' }),
 *   dimensions: { customer: { key: 'customer_id', columns: ['country'] }, date: dateDimension() },
 *   facts: { sale: { schema: Sale, key: 'sale_id', refers: { customer: { customer_id: 'user.id', country: 'user.country' } } } },
 * })
 * sales.pipe(into(facts.sale)) // dim_customer, dim_date, fact_sale
 */
export function starSchema<const D extends DimensionsOptions, F>(options: StarSchemaOptions<F, D>): StarSchema<F> {
  if (typeof options !== 'object' || options === null)
    throw new TicketsError('OPTION_INVALID', 'the options are an object: { database, dimensions, facts }')
  const { mode = 'append', migrations, dimensions, facts } = options
  const settings = settingsOfDatabase(options.database)
  const { dialect, place } = settings
  const plan = planStar(dimensions, facts as never)
  for (const { table, key, columns } of plan.dimensions) checkColumns(dialect, [key, ...columns], checkTable(dialect, table))
  for (const { table, columns } of plan.facts)
    checkColumns(
      dialect,
      columns.map(({ field }) => field),
      checkTable(dialect, table),
    )
  const database = new Database(settings)
  const upgrade = { plan, migrations, place }
  const sink = (fact: FactPlan): Sink<unknown> =>
    tableSink({
      database,
      table: fact.table,
      mode,
      ready: async (doing, { id }) => void (await migrate(database, doing, upgrade, id)),
      async load(connection, schema) {
        const loading = loadingOf(connection, fact, schema)
        // What files will change is looked at when they are applied.
        if (await isBehind(connection, migrations)) return loading
        return { ...loading, refuses: (await lookAtTables(connection, plan, place)).refuses }
      },
      clear: [`DELETE FROM ${dialect.quote(fact.table)}`],
    })
  return {
    facts: Object.fromEntries(plan.facts.map((fact) => [fact.name, sink(fact)])) as StarSchema<F>['facts'],
    migrate: () =>
      database.visit(() => migrate(database, { what: `migrating ${place}`, code: 'TARGET_UNUSABLE', retryFor: settings.retryFor }, upgrade)),
  }
}
