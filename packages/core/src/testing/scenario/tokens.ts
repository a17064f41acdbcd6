import type { Schema } from '../../batch/batch.ts'
import type { Field } from '../../store/field.ts'

/** One step of a scenario's text, and where it stands in it. */
export type Token =
  | {
      readonly kind: 'row'
      readonly at: number
      readonly text: string
      readonly partition: number
      readonly key: string
      readonly value: string | null
      readonly seconds: number
    }
  | { readonly kind: 'watermark'; readonly at: number; readonly text: string; readonly partition: number; readonly seconds: number }
  | { readonly kind: 'elapse'; readonly at: number; readonly text: string; readonly seconds: number }
  /** `of`: one partition, the merge, or everything where it is absent. */
  | { readonly kind: 'crash'; readonly at: number; readonly text: string; readonly of?: number | 'merge' }
  | { readonly kind: 'rebalance'; readonly at: number; readonly text: string; readonly of?: number }
  | { readonly kind: Sign; readonly at: number; readonly text: string }

type Sign = 'batch' | 'commit' | 'end' | 'idle' | 'join' | 'stop-merge' | 'start-merge'

const signs: ReadonlyMap<string, Sign> = new Map([
  ['|', 'batch'],
  ['B', 'commit'],
  ['commit', 'commit'],
  ['$', 'end'],
  ['end', 'end'],
  ['idle', 'idle'],
  ['+p', 'join'],
  ['merge:stop', 'stop-merge'],
  ['merge:start', 'start-merge'],
])

/** Reads the text of `feed`. Throws an error that points at what it does not understand. */
export function tokensOf(text: string): Token[] {
  return [...text.matchAll(/\S+/g)].map(({ 0: word, index: at }): Token => {
    const sign = signs.get(word)
    if (sign) return { kind: sign, at, text: word }
    if (word === 'merge:X' || word === 'merge:crash') return { kind: 'crash', at, text: word, of: 'merge' }
    const move = /^(?:p(\d+):)?(X|crash|R|rebalance)$/.exec(word)
    if (move) return { kind: /^[Xc]/.test(move[2] ?? '') ? 'crash' : 'rebalance', at, text: word, ...(move[1] ? { of: Number(move[1]) } : {}) }
    const elapse = /^~(\d+(?:\.\d+)?)s$/.exec(word)
    if (elapse) return { kind: 'elapse', at, text: word, seconds: Number(elapse[1]) }
    const [, p, rest = ''] = /^(?:p(\d+):)?(.*)$/.exec(word) ?? []
    const partition = Number(p ?? 0)
    const watermark = /^W(-?\d+(?:\.\d+)?)$/.exec(rest)
    if (watermark) return { kind: 'watermark', at, text: word, partition, seconds: Number(watermark[1]) }
    const row = /^([^=@]+)(?:=([^@]*))?@(-?\d+(?:\.\d+)?)$/.exec(rest)
    if (row) return { kind: 'row', at, text: word, partition, key: row[1] as string, value: row[2] ?? null, seconds: Number(row[3]) }
    throw new Error(
      `a scenario does not know ${JSON.stringify(word)}: it takes a@12, a=3@12, p1:a@12, | (next batch), W20, ~30s, idle, commit or B, crash or X, p1:crash, merge:crash, rebalance or R, p1:rebalance, +p (a new partition), merge:stop, merge:start, end or $\n\n  ${text}\n  ${' '.repeat(at)}^`,
    )
  })
}

/**
 * Returns the row for a token. The key goes into the enums that have it, else into all text columns. A value goes into all number columns, or the
 * enums and booleans that have it, or, if the key went into an enum, the text columns. The time goes into the time column.
 */
export function defaultRow(schema: Schema<unknown>, key: string, value: string | null, time: Date): Record<string, unknown> {
  const inEnum = schema.fields.some((field) => field.values.includes(key))
  const number = value === null || Number.isNaN(Number(value)) ? null : Number(value)
  const of = (field: Field): unknown => {
    if (field.name === schema.time) return time
    switch (field.kind) {
      case 'string':
        return inEnum && value !== null && number === null ? value : key
      case 'enum':
        return field.values.includes(key) ? key : value !== null && field.values.includes(value) ? value : field.values[0]
      case 'boolean':
        return value === 'true'
      case 'instant':
        return time
      case 'date':
        return time.toISOString().slice(0, 10)
      case 'decimal':
        return String(number ?? 0)
      case 'bytes':
        return new TextEncoder().encode(key)
      case 'json':
        return number ?? value
      case 'list':
        return []
      case 'map':
        return {}
      case 'struct': {
        const [tag] = field.children ?? []
        const names =
          field.variants && tag ? [tag.name, ...(field.variants[tag.values.indexOf(String(of(tag)))] ?? []).map(({ name }) => name)] : null
        const members = (field.children ?? []).filter(({ name }) => names === null || names.includes(name))
        return Object.fromEntries(members.map((member) => [member.name, of(member)]))
      }
      default:
        return number ?? 0
    }
  }
  return Object.fromEntries(schema.fields.map((field) => [field.name, of(field)]))
}

const seconds = (time: unknown) => (time as Date).getTime() / 1000

/** Returns an output row as a word: `a[0,10)=2`, with `#1` for a revision and `~` while it is not final; `a@12` for a row that is no window. */
export function wordOf(row: Record<string, unknown>, input: Schema<unknown>): string {
  if (!('window_start' in row)) {
    const key = input.fields.find((field) => field.kind === 'string' && typeof row[field.name] === 'string')
    const time = row[input.time] instanceof Date ? `@${seconds(row[input.time])}` : ''
    return `${key ? row[key.name] : ''}${time}`
  }
  const { window_start, window_end, revision, is_final, ...rest } = row
  const names = Object.keys(rest)
  const isKey = (name: string) => input.fields.some((field) => field.name === name)
  const keys = names.filter(isKey).map((name) => String(rest[name] ?? '∅'))
  const values = names.filter((name) => !isKey(name)).map((name) => String(rest[name] ?? '∅'))
  const more = `${revision ? `#${revision}` : ''}${is_final === false ? '~' : ''}`
  return `${keys.join(',')}[${seconds(window_start)},${seconds(window_end)})${values.length > 0 ? `=${values.join(',')}` : ''}${more}`
}
