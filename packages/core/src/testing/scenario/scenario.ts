import type { OperatorFunction } from 'rxjs'
import type { Batch, Schema } from '../../batch/batch.ts'
import type { LateRow } from '../../connectors/late-row.ts'
import { type Emitted, Harness, type HarnessOptions } from './harness.ts'
import { defaultRow, type Token, tokensOf, wordOf } from './tokens.ts'

/** What one step of a scenario did: the rows of a batch, or one other token. The commit at the end of a `feed` is a step without a text. */
export interface ScenarioStep<B> {
  /** The words as they were written, and where they stand in the text of their `feed`. */
  readonly text: string
  readonly from: number
  readonly to: number
  /** The rows that were read: their partition, key, and event time in seconds. */
  readonly rows: readonly { readonly partition: number; readonly key: string; readonly seconds: number }[]
  /** What a pipeline would have committed in this step, and its late rows. */
  readonly emitted: readonly B[]
  readonly late: readonly LateRow[]
}

/** Settings of a `scenario`. */
export interface ScenarioOptions<A, B> extends HarnessOptions {
  /** Makes a row out of a token; by default the key goes into the columns of text, or the enums that have it, a value into those of numbers. */
  row?: (token: { key: string; value: string | null; time: Date }) => A
  /** How a row that came out is written in `emits`; by default `key[start,end)=aggregates` for windows, `key@time` for other rows. */
  show?: (row: B) => string
  /** Called after each step, such as to draw it; `watermarkOf` then gives the watermarks after it. */
  onStep?: (step: ScenarioStep<B>) => void
}

type RowToken = Extract<Token, { kind: 'row' }>
type Word = Pick<Token, 'at' | 'text'>

/** What a scenario says when something else came than was expected. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
  readonly expected: readonly string[]
  readonly actual: readonly string[]

  constructor(message: string, expected: readonly string[], actual: readonly string[]) {
    super(message)
    this.expected = expected
    this.actual = actual
  }
}

/**
 * A test of an operator as a line of text: rows go in with their event times in seconds, and what comes out is compared, in its order.
 *
 * `a@12` a row with key a at 12 s · `a=3@12` with a value · `p1:a@12` from partition 1 · `|` next batch · `W20` explicit watermark ·
 * `~30s` processing time passes, `idle` as much as `idleTimeout` · `commit` or `B` end of a range · `crash` or `X` crash and restore, `p1:crash`
 * of one task, `merge:crash` of the merge · `rebalance` or `R`, `p1:rebalance` · `+p` a new partition · `merge:stop` and `merge:start` a merge that
 * lags · `end` or `$` the end of the source. A `feed` ends its range.
 *
 * @throws `ScenarioError` with the trace and a caret under the step; at `$` also for open subscriptions, timers, rows unaccounted for
 * @example
 * scenario(Ticket, windowed(tumbling({ size: '10s' }), { by: 'client_id', aggregate: { n: count() } }))
 *   .feed('a@1 a@4 b@8 | a@12').emits('a[0,10)=2 b[0,10)=1').feed('a@3').late('a@3').feed('$').emits('a[10,20)=1')
 */
export class Scenario<A, B> extends Harness<A, B> {
  readonly #schema: Schema<A>
  readonly #options: ScenarioOptions<A, B>
  #emitted: string[] = []
  #lates: string[] = []
  #trace: string[] = []

  constructor(schema: Schema<A>, operator: OperatorFunction<Batch<A>, Batch<B>>, options: ScenarioOptions<A, B> = {}) {
    super(schema, operator, options)
    this.#schema = schema
    this.#options = options
  }

  /** Takes the steps in a text. */
  feed(text: string): this {
    this.#trace.push(`feed   ${text}`)
    const open: RowToken[] = []
    const flush = () => {
      const tokens = open.splice(0)
      for (const [partition, own] of Map.groupBy(tokens, (token) => token.partition))
        this.push(
          own.map((token) => this.#rowOf(token)),
          { partition, commit: false },
        )
      if (tokens.length > 0) this.#note(tokens)
    }
    for (const token of tokensOf(text)) {
      if (token.kind === 'row') {
        open.push(token)
        continue
      }
      flush()
      try {
        this.#step(token)
      } catch (error) {
        this.#trace.push(`${' '.repeat(7 + token.at)}^`)
        throw new Error(`${(error as Error).message}\n\n  ${this.#trace.join('\n  ')}`, { cause: error })
      }
    }
    flush()
    this.#note([{ at: text.length, text: '' }], this.commit())
    return this
  }

  /** Compares `text` with what came out since the last `emits`, in its order. */
  emits(text: string): this {
    const actual = this.#emitted
    this.#emitted = []
    return this.#compare('emits', text, actual)
  }

  /** Compares `text` with the rows that came too late since the last `late`: `a@3`, or `a@3[0,10)` with the windows that they missed. */
  late(text: string): this {
    const actual = this.#lates
    this.#lates = []
    const words = text.split(/\s+/).filter((word) => word !== '')
    const wanted = words.some((word) => word.includes('[')) ? actual : actual.map((word) => word.replace(/\[.*$/, ''))
    return this.#compare('late', text, wanted)
  }

  #step(token: Exclude<Token, { kind: 'row' }>): void {
    this.#note([token], ...this.#done(token))
  }

  #done(token: Exclude<Token, { kind: 'row' }>): Emitted<B>[] {
    if (token.kind === 'watermark') return [this.watermark(token.seconds * 1000, { partition: token.partition, commit: false })]
    if (token.kind === 'elapse') return [this.commit(), this.elapse(token.seconds * 1000)]
    if (token.kind === 'idle') return [this.commit(), this.elapse(this.#options.idleTimeout ?? '1 minute')]
    if (token.kind === 'commit') return [this.commit()]
    if (token.kind === 'crash') return [this.restart(token.of)]
    if (token.kind === 'rebalance') return [this.rebalance(token.of)]
    if (token.kind === 'join') this.addPartition()
    else if (token.kind === 'stop-merge') this.stopMerge()
    else if (token.kind === 'start-merge') return [this.commit(), this.startMerge()]
    else if (token.kind === 'end') return [this.end()]
    return []
  }

  #rowOf({ key, value, seconds }: RowToken): A {
    const time = new Date(Math.round(seconds * 1000))
    return this.#options.row?.({ key, value, time }) ?? (defaultRow(this.#schema, key, value, time) as A)
  }

  #note(tokens: readonly (RowToken | Word)[], ...given: Emitted<B>[]): void {
    for (const { emitted, late } of given) {
      for (const row of emitted) this.#emitted.push(this.#options.show?.(row) ?? wordOf(row as Record<string, unknown>, this.#schema))
      for (const { row, windows } of late) {
        const plain = JSON.parse(row) as Record<string, unknown>
        plain[this.#schema.time] = new Date(plain[this.#schema.time] as string)
        const missed = (JSON.parse(windows) as [string, string][]).map(([start, end]) => `[${Date.parse(start) / 1000},${Date.parse(end) / 1000})`)
        this.#lates.push(`${wordOf(plain, this.#schema)}${missed.join('')}`)
      }
    }
    const [first] = tokens
    const last = tokens.at(-1)
    if (!first || !last) return
    this.#options.onStep?.({
      text: tokens.map(({ text }) => text).join(' '),
      from: first.at,
      to: last.at + last.text.length,
      rows: tokens.flatMap((token) => ('key' in token ? [{ partition: token.partition, key: token.key, seconds: token.seconds }] : [])),
      emitted: given.flatMap(({ emitted }) => emitted),
      late: given.flatMap(({ late }) => late),
    })
  }

  #compare(what: string, text: string, actual: readonly string[]): this {
    this.#trace.push(`${what.padEnd(6)} ${text}`)
    const expected = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({ word, index }))
    const at = Array.from({ length: Math.max(expected.length, actual.length) }, (_, i) => i).find((i) => expected[i]?.word !== actual[i])
    if (at === undefined) return this
    const column = 7 + (expected[at]?.index ?? text.length + (text === '' ? 0 : 1))
    const came = actual[at] === undefined ? 'nothing' : actual[at]
    this.#trace.push(`${' '.repeat(column)}^ expected ${expected[at]?.word ?? 'nothing'}, got ${came}`)
    const all = `got    ${actual.join(' ') || '(nothing)'}`
    throw new ScenarioError(
      `the scenario went another way\n\n  ${this.#trace.join('\n  ')}\n  ${all}\n`,
      expected.map(({ word }) => word),
      actual,
    )
  }
}

/** Begins a scenario; see `Scenario`. */
export function scenario<A, B>(schema: Schema<A>, operator: OperatorFunction<Batch<A>, Batch<B>>, options?: ScenarioOptions<A, B>): Scenario<A, B> {
  return new Scenario(schema, operator, options)
}
