import { join } from 'node:path'
import { type Batch, flatMapRows, into, redact } from '@tickets/core'
import { parquetSink } from '@tickets/sinks'
import type { Observable } from 'rxjs'
import { Sale, salesOf } from './sale.ts'
import type { Transaction } from './transaction.ts'

/** Writes payments to Parquet three times: as they came, one row a product, and without personal data. */
export function datasets(payments: Observable<Batch<Transaction>>, output: string, key: string) {
  const to = (name: string) => into(parquetSink(join(output, name)))
  return {
    transactions: payments.pipe(to('transactions')),
    sales: payments.pipe(flatMapRows(Sale, salesOf), to('sales')),
    anonymous: payments.pipe(
      redact({ fields: ['user.name', 'note'], how: 'drop' }),
      redact({ fields: ['payment.last4', 'payment.iban', 'payment.wallet_id'], how: 'mask' }),
      redact({ fields: ['user.id', 'user.email'], how: 'hash', key }),
      to('anonymous'),
    ),
  }
}
