import { type Batch, joinTable, mapRows, redact, withColumn } from '@tickets/core'
import type { Observable } from 'rxjs'
import * as z from 'zod'
import type { Blacklist } from './blacklist.ts'
import { Payment, paymentOf } from './payment.ts'
import type { Transaction } from './transaction.ts'

/** Flattens transactions, blocks those of users who were on the blacklist at that moment, and replaces who paid by hashes. */
export const checked = (blacklist: Blacklist, key: string) => (transactions: Observable<Batch<Transaction>>) =>
  transactions.pipe(
    mapRows(Payment, paymentOf),
    joinTable(blacklist, { on: 'user_id', columns: ['reason'], order: 'time' }),
    withColumn('outcome', z.enum(['paid', 'failed', 'blocked']), ({ status, reason }) => (reason === null ? status : 'blocked')),
    redact({ fields: ['account'], how: 'mask' }),
    redact({ fields: ['user_id', 'email'], how: 'hash', key }),
  )

/** A payment without personal data, with its outcome, and the reason if it is blocked. */
export type CheckedPayment = ReturnType<ReturnType<typeof checked>> extends Observable<Batch<infer Row>> ? Row : never
