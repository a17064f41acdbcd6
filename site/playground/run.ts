import * as core from '@tickets/core'
import * as testing from '@tickets/core/testing'
import * as rxjs from 'rxjs'
import * as zod from 'zod'
import { type Exported, load, type Modules } from './compile.ts'
import type { Missed, Outcome, Span, Step } from './outcome.ts'

type Row = Record<string, unknown>
type Scenario = testing.Scenario<Row, Row>
type Observed = testing.ScenarioStep<Row>

const modules: Modules = { '@tickets/core': { ...core }, '@tickets/core/testing': { ...testing }, rxjs: { ...rxjs }, zod: { ...zod } }

/** Steps for which the windows that fill are worked out: each replays the trace up to there. */
const MOST_STEPS = 200

/**
 * Runs a pipeline of the playground over a trace, with the tasks, records and merge of a real run.
 *
 * @example
 * run("import { filterRows } from '@tickets/core'\nexport default filterRows(() => true)", 'a@1 end').steps.length // 2
 */
export function run(code: string, trace: string): Outcome {
  const observed: { readonly step: Step; readonly to: number }[] = []
  let exported: Exported = {}
  let error: string | null = null
  try {
    exported = load(code, modules)
    begin(exported, (step, scenario) => observed.push({ step: seen(step, scenario), to: step.to })).feed(trace)
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown)
  }
  // The commit at the end of a trace that has ended says nothing.
  if (observed.length > 1 && observed.at(-1)?.step.text === '' && /^(end|\$)$/.test(observed.at(-2)?.step.text ?? '')) observed.pop()
  const steps = observed.map(({ step, to }, i) => (i < MOST_STEPS ? { ...step, open: openAfter(exported, trace.slice(0, to), i) } : step))
  return { steps, error }
}

function begin(exported: Exported, onStep: (step: Observed, scenario: Scenario) => void): Scenario {
  if (typeof exported.default !== 'function') throw new Error('export default the operator: windowed(tumbling({ size: "10s" }), { … }) or another')
  const schema = (exported.schema ?? core.Ticket) as core.Schema<Row>
  const options = (exported.options ?? {}) as testing.ScenarioOptions<Row, Row>
  const scenario: Scenario = testing.scenario(schema, exported.default as Parameters<typeof testing.scenario<Row, Row>>[1], {
    ...options,
    onStep: (step) => onStep(step, scenario),
  })
  return scenario
}

/** What would come out if the source ended after a step. */
function openAfter(exported: Exported, trace: string, last: number): Span[] {
  const spans: Span[] = []
  let at = 0
  try {
    begin(exported, (step) => {
      if (at++ > last) spans.push(...spansOf(step.emitted))
    }).feed(`${trace} end`)
  } catch {
    // The trace has ended already, or ends with an error that the run itself names: nothing is open.
  }
  return spans
}

function seen(step: Observed, scenario: Scenario): Step {
  const watermarks = Array.from({ length: scenario.partitions }, (_, partition) => secondsOf(scenario.watermarkOf(partition)))
  return {
    text: step.text,
    rows: step.rows,
    commits: /^(B|commit|\$|end|idle|~\S+|)$/.test(step.text),
    emitted: spansOf(step.emitted),
    out: step.emitted.filter((row) => !('window_start' in row)).map((row) => JSON.stringify(row)),
    late: step.late.map(missed),
    watermarks,
    merge: secondsOf(scenario.watermarkOf('merge')),
    open: [],
  }
}

const secondsOf = (ms: number): number | null => (Number.isFinite(ms) ? ms / 1000 : null)

const spansOf = (rows: readonly Row[]): Span[] => rows.filter((row) => 'window_start' in row).map(spanOf)

function spanOf({ window_start, window_end, revision, is_final, ...rest }: Row): Span {
  const names = Object.keys(rest)
  const isText = (name: string) => typeof rest[name] === 'string'
  const keys = names.filter(isText).map((name) => String(rest[name]))
  const values = names.filter((name) => !isText(name)).map((name) => String(rest[name] ?? '∅'))
  const more = `${revision ? ` #${revision}` : ''}${is_final === false ? ' …' : ''}`
  return { key: keys.join(', '), start: Number(window_start) / 1000, end: Number(window_end) / 1000, text: `${values.join(', ')}${more}` }
}

function missed({ row, windows }: core.LateRow): Missed {
  const plain = JSON.parse(row) as Row
  const time = Object.values(plain).find((value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value))
  const spans = (JSON.parse(windows) as [string, string][]).map(([start, end]) => [Date.parse(start) / 1000, Date.parse(end) / 1000] as const)
  return { key: String(plain.client_id ?? Object.values(plain)[0]), seconds: Date.parse(String(time)) / 1000, windows: spans }
}
