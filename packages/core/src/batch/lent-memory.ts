import type { Data } from 'apache-arrow'
import { type Batch, internals } from './batch.ts'
import { Selection } from './take.ts'

interface Loan {
  readonly rows: number
  readonly giveBack: () => void
}

const loans = new WeakMap<ArrayBufferLike, Loan>()

/** Returns the buffer in which the first column of a batch lies that has values. */
function bufferOf(batch: Batch<unknown>): ArrayBufferLike | undefined {
  const [first] = internals.sources(batch).filter((column): column is Data => !(column instanceof Selection) && ArrayBuffer.isView(column.values))
  return first && (first.values as Uint8Array).buffer
}

/** Records that all columns of a batch lie in one buffer that is used again once nobody reads them: then `giveBack` is called. */
export function lend(batch: Batch<unknown>, giveBack: () => void): void {
  const buffer = bufferOf(batch)
  if (buffer) loans.set(buffer, { rows: batch.length, giveBack })
}

/** Returns what gives back the memory of a batch, of all its rows; null where it was not lent, or the batch is a part of what was. It is returned once. */
export function takeLoan(batch: Batch<unknown>): (() => void) | null {
  const buffer = bufferOf(batch)
  const loan = buffer && loans.get(buffer)
  if (loan?.rows !== batch.length) return null
  loans.delete(buffer as ArrayBufferLike)
  return loan.giveBack
}
