import { type Batch, flatMapRows, into } from '@tickets/core'
import { dateDimension, type SqlDatabase, starSchema } from '@tickets/sinks/mysql'
import type { Observable } from 'rxjs'
import { Sale, salesOf } from './sale.ts'
import { Transaction } from './transaction.ts'

/** Writes payments and the products in them to a star schema: dim_customer, dim_product, dim_day, fact_payment, fact_sale. */
export function star(payments: Observable<Batch<Transaction>>, database: SqlDatabase, name: string) {
  const { facts } = starSchema({
    database,
    dimensions: {
      customer: { key: 'customer_id', columns: ['name', 'country'] },
      product: { key: 'sku', columns: ['product'] },
      day: dateDimension(),
    },
    facts: {
      payment: {
        schema: Transaction,
        key: 'transaction_id',
        refers: { customer: { customer_id: 'user.id', name: 'user.name', country: 'user.country' }, day: 'paid_at' },
      },
      sale: {
        schema: Sale,
        key: ['transaction_id', 'line'],
        refers: { customer: 'user_id', product: { sku: 'sku', product: 'product' }, day: 'paid_at' },
      },
    },
  })
  return {
    [`${name}_payments`]: payments.pipe(into(facts.payment)),
    [`${name}_sales`]: payments.pipe(flatMapRows(Sale, salesOf), into(facts.sale)),
  }
}
