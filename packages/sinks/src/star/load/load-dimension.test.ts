import { expect, test } from 'vitest'
import { shop } from '../../../test/star.ts'
import { mysqlDialect } from '../../mysql/dialect/dialect.ts'
import type { FactPlan, ReferencePlan } from '../plan/plan.ts'
import { planStar } from '../plan/plan-star.ts'
import { loadDimension } from './load-dimension.ts'
import { stagedSource } from './staged-source.ts'

const [sale, refund] = planStar(shop.dimensions, shop.facts as never).facts as [FactPlan, FactPlan]
const reference = ({ references }: FactPlan, column: string) => references.find((one) => one.column === column) as ReferencePlan
const all = ['user.id', 'user.name', 'user.country', 'at', 'user_id', 'shipped_at', 'due']
const sql = (one: ReferencePlan, columns = all) => loadDimension(mysqlDialect, one, stagedSource(mysqlDialect, '`rows`', columns, 'at'))

test('members are written in the order of their keys, and only those that have one', () => {
  for (const one of [reference(sale, 'customer_id'), reference(refund, 'customer_id'), reference(sale, 'shipped_on')]) {
    expect(sql(one)).toContain('ORDER BY n.member ON DUPLICATE KEY UPDATE')
    expect(sql(one)).toContain('IS NOT NULL')
    expect(sql(one).split('?')).toHaveLength(2)
  }
})

test('a key that is there is only read', () => {
  expect(sql(reference(refund, 'customer_id'))).toContain('WHERE NOT EXISTS (SELECT 1 FROM `dim_customer` AS d WHERE d.`customer_id` = n.member)')
  expect(sql(reference(refund, 'customer_id'))).not.toContain('name')
})

test('the time that decides is assigned last, since MySQL assigns from left to right', () => {
  expect(sql(reference(sale, 'customer_id'))).toMatch(/`dim_customer`\.`updated_at` = CASE WHEN [^,]* END$/)
})

test('columns that a flow has not are left out, with their time where none is left', () => {
  const statement = sql(reference(sale, 'customer_id'), ['user.id', 'at'])
  expect(statement).not.toContain('`name`')
  expect(statement).not.toContain('updated_at')
  expect(statement).toContain('`first_seen`')
})

test('the day of a time is taken in UTC, and a day as it is', () => {
  expect(sql(reference(sale, 'shipped_on'))).toContain('SELECT DISTINCT DATE(s.`shipped_at`) AS member')
  expect(sql(reference(sale, 'due_on'))).toContain('SELECT DISTINCT s.`due` AS member')
})
