import { expect, test } from 'vitest'
import { shop } from '../../../test/star.ts'
import { mysqlDialect } from '../../mysql/dialect/dialect.ts'
import type { FactPlan } from '../plan/plan.ts'
import { planStar } from '../plan/plan-star.ts'
import { loadFact } from './load-fact.ts'

const [sale] = planStar(shop.dimensions, shop.facts as never).facts as [FactPlan]
const statements = (columns: readonly string[]) => loadFact(mysqlDialect, sale, '`rows`', columns, 3)
const into = (columns: readonly string[]) => statements(columns).map((sql) => /^INSERT INTO `(\w+)`/.exec(sql)?.[1])

test('dimensions are loaded before the fact, in their own order', () => {
  expect(into([...sale.staged.keys()])).toEqual(['dim_customer', 'dim_product', 'dim_day', 'dim_day', 'dim_day', 'fact_sale'])
})

test('what a flow has not is left out', () => {
  const columns = [...sale.staged.keys()].filter((path) => path !== 'shipped_at' && path !== 'product_id')
  expect(into(columns)).toEqual(['dim_customer', 'dim_day', 'dim_day', 'fact_sale'])
  expect(statements(columns).at(-1)).not.toMatch(/shipped_on|product_id/)
})

test('the version of the schema is a value of the fact', () => {
  expect(statements([...sale.staged.keys()]).at(-1)).toContain(', DATE(s.`at`), 3 FROM')
})
