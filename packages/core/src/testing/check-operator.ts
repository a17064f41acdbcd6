import type { OperatorFunction } from 'rxjs'
import type { Batch, Schema } from '../batch/batch.ts'
import { sampleRows } from './sample-rows.ts'
import { Harness } from './scenario/harness.ts'

/** Settings of `checkOperator`. */
export interface CheckOptions<A> {
  /** The rows to try it with, in order; by default 160 that the schema tells, some of them out of order, late, or repeated. */
  rows?: readonly A[]
}

/**
 * Finds operators that break a law: the same rows must give the same results as one batch, split, with empty batches between, with a
 * commit after each, and with a crash after each, now and then with another one right after it came back. An operator must pass empty
 * batches on, and must not wait or end by itself. The first 24 rows are given one by one, the others in larger pieces.
 *
 * @throws an error that says which of these it was, and the first difference
 * @example
 * checkOperator(Ticket, vip) // nothing: it is fine
 * checkOperator(Ticket, bufferThem) // Error: … did not pass an empty batch on to its sink
 */
export function checkOperator<A, B>(schema: Schema<A>, operator: OperatorFunction<Batch<A>, Batch<B>>, options: CheckOptions<A> = {}): void {
  const rows = options.rows ?? sampleRows(schema)
  const [always, never, everySecond] = [() => true, () => false, (i: number) => i % 2 === 1]
  const plain = run(schema, operator, [rows], never, false)
  const each = piecesOf(rows)
  const half = [rows.slice(0, rows.length >> 1), rows.slice(rows.length >> 1)]
  compare('given as two batches', plain, run(schema, operator, half, never, false))
  compare('given row by row', plain, run(schema, operator, each, never, false))
  compare(
    'given with empty batches between',
    plain,
    run(
      schema,
      operator,
      each.flatMap((one) => [[], one, []]),
      never,
      false,
    ),
  )
  compare('with a commit after every row', plain, run(schema, operator, each, always, false))
  compare('with a crash after every row', plain, run(schema, operator, each, always, true))
  compare('with a crash before every commit', plain, run(schema, operator, each, never, true))
  // Here a crash comes between two commits, so that what is kept outside of the state sees some rows again, and then others.
  compare('with a commit after every second row and a crash after every row', plain, run(schema, operator, each, everySecond, true))
}

/** One batch is long enough that columns grow in it; one row at a time is slow for so many. */
function piecesOf<A>(rows: readonly A[]): A[][] {
  const pieces = rows.slice(0, 24).map((row) => [row])
  for (let at = 24; at < rows.length; at += 17) pieces.push(rows.slice(at, at + 17))
  return pieces
}

function run<A, B>(
  schema: Schema<A>,
  operator: OperatorFunction<Batch<A>, Batch<B>>,
  batches: readonly (readonly A[])[],
  commit: (i: number) => boolean,
  crash: boolean,
): string[] {
  const harness = new Harness(schema, operator)
  const emitted: B[] = []
  for (const [i, batch] of batches.entries()) {
    emitted.push(...harness.push(batch, { commit: commit(i) }).emitted)
    if (crash) harness.restart()
    // What a recovery leaves must be good for another one.
    if (crash && i % 4 === 0) harness.restart()
  }
  emitted.push(...harness.end().emitted)
  return finalWords(emitted)
}

/** Returns rows as sorted text to compare: of windows the last word on each, since how often they were shown depends on the ranges. */
export function finalWords(rows: readonly unknown[]): string[] {
  const last = new Map<string, string>()
  const others: string[] = []
  for (const row of rows as Record<string, unknown>[]) {
    const { revision, is_final, ...rest } = row
    if ('window_start' in row && is_final === false) continue
    if ('window_start' in row && is_final === true) last.set(JSON.stringify(rest), JSON.stringify(rest))
    else others.push(JSON.stringify(row))
  }
  return [...others, ...last.values()].sort()
}

function compare(how: string, expected: readonly string[], actual: readonly string[]): void {
  const length = Math.max(expected.length, actual.length)
  for (let i = 0; i < length; i++) {
    if (expected[i] === actual[i]) continue
    throw new Error(
      `the operator gives other rows ${how} than in one batch: ${expected[i] ?? 'no row'} became ${actual[i] ?? 'no row'}. ` +
        'What it remembers must be in a statefulOperator, and its results must not depend on how rows come in batches',
    )
  }
}
