import { type Batch, type Schema, TicketsError } from '@tickets/core'
import { columnReaders, suggestion } from '@tickets/core/internal'

/** What a panel shows of the windows of a flow. */
export interface PanelOptions {
  /** The heading on the page. */
  readonly title: string
  /** The column with the number to show, or several, each of which is a series. */
  readonly value: string | readonly string[]
  /** The column that the windows are grouped by: each of its values is a series. **The page shows these values**, so choose one without personal data. */
  readonly by?: string
}

/** Kinds of columns that hold numbers which a chart can draw. */
const NUMBERS = new Set(['number', 'integer', 'int32'])

/** Returns the names of the columns with numbers. */
export const valuesOf = ({ value }: PanelOptions): readonly string[] => (typeof value === 'string' ? [value] : value)

/** Refuses options that do not fit the rows of a flow. Throws `OPTION_INVALID`. */
export function checkColumns(options: PanelOptions, schema: Schema<unknown>, flow: string): void {
  const { title, by } = options
  const invalid = (why: string) => new TicketsError('OPTION_INVALID', `the panel "${title}" of flow "${flow}" ${why}`)
  const [start, end, ...keys] = schema.keys
  if (start !== 'window_start' || end !== 'window_end') throw invalid('shows windows, and its rows are none: put it behind a windowed')
  const values = valuesOf(options)
  const names = schema.fields.map(({ name }) => name)
  for (const name of values) {
    const field = schema.fields.find((one) => one.name === name)
    if (!field) throw invalid(`shows the column "${name}", which its windows lack: ${suggestion(name, names)}`)
    if (!NUMBERS.has(field.kind)) throw invalid(`shows the column "${name}", which is of kind ${field.kind} and not a number`)
  }
  if (values.length === 0) throw invalid('shows no column: name one as `value`')
  if (by !== undefined && values.length > 1) throw invalid('has several values and `by`: make a panel for each value')
  if (keys.length !== (by === undefined ? 0 : 1) || (by !== undefined && keys[0] !== by))
    throw invalid(`is grouped by ${wordsOf(by === undefined ? [] : [by])}, and its windows by ${wordsOf(keys)}: they must be the same`)
}

const wordsOf = (names: readonly string[]) => (names.length === 0 ? 'nothing' : names.map((name) => `"${name}"`).join(' and '))

/** One row of a window: what the columns of a panel have. */
export interface WindowValues {
  readonly start: number
  readonly end: number
  readonly revision: number
  readonly isFinal: boolean
  /** Null for a panel without `by`. */
  readonly key: string | null
  readonly values: readonly (number | null)[]
}

/** Reads what a panel shows of each row of a batch. */
export function* readWindows(batch: Batch<unknown>, options: PanelOptions): Generator<WindowValues> {
  const readers = new Map(columnReaders(batch).map(({ field, read }) => [field.name, read] as const))
  const at = (name: string, i: number) => readers.get(name)?.(i)
  const values = valuesOf(options)
  for (let i = 0; i < batch.length; i++) {
    yield {
      start: Number(at('window_start', i)),
      end: Number(at('window_end', i)),
      revision: Number(at('revision', i)),
      isFinal: at('is_final', i) === true,
      key: options.by === undefined ? null : keyText(at(options.by, i)),
      values: values.map((name) => numberOf(at(name, i))),
    }
  }
}

/** Characters of a key that are shown. */
const KEY = 40

function keyText(value: unknown): string {
  const text = value === null || value === undefined ? '(none)' : value instanceof Date ? value.toISOString() : String(value)
  return text.length > KEY ? `${text.slice(0, KEY - 1)}…` : text
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)
