import type { Slices } from '../../batch/message.ts'
import type { Field } from '../../store/field.ts'
import { base64Of } from '../../values/json-text.ts'
import { type Change, readChange } from './debezium.ts'
import { type KeyValue, keyOfMessage } from './message-key.ts'
import { PickedMessages, timeOf } from './picked-messages.ts'

/** How a topic says what changes. */
export interface ChangeForm {
  readonly isDebezium: boolean
  /** The column of the table's key; null where the rows take it from the message's key as it is. */
  readonly key: Field | null
  /** Rows have columns with the time of their message, for which Debezium's events have that of the change. */
  readonly needsTime: boolean
}

/** The deletion that a partition's last message was: what follows may repeat it. On disk. */
export type LastDelete = { readonly key: string; readonly time: number }

/** Message `at` deletes a row at a time in epoch milliseconds, NaN where there is none. */
interface Gone {
  readonly at: number
  readonly time: number
  readonly key: KeyValue
}

/** Sorts messages into rows that stand, keys that are gone, and what is no change. */
export class SortedChanges {
  readonly standing: PickedMessages
  readonly gone: Gone[] = []
  /** Why a message is no change, by position. */
  readonly wrong = new Map<number, string>()
  /** Null unless the last message was a deletion. */
  readonly last: LastDelete | null
  readonly #slices: Slices
  readonly #form: ChangeForm

  constructor(slices: Slices, form: ChangeForm, before: LastDelete | null) {
    const { starts, ends, length = starts.length } = slices
    this.#slices = slices
    this.#form = form
    this.standing = new PickedMessages(length)
    const read = form.isDebezium ? eventReader(slices.bytes) : null
    let last = before
    for (let at = 0; at < length; at++) {
      const [start, end] = [starts[at] as number, ends[at] as number]
      if (end < start) last = this.#tombstone(at, last)
      else if (read) last = this.#event(at, read(start, end))
      else this.standing.add(at, start, end, timeOf(slices, at))
    }
    this.last = last
  }

  #tombstone(at: number, last: LastDelete | null): LastDelete | null {
    const key = this.#slices.keyOf?.(at) ?? null
    const repeated = last !== null && key !== null && last.key === base64Of(key) ? last : null
    // Debezium sends a tombstone after a deletion, later than the database deleted the row: by then it may be there again.
    this.gone.push({ at, time: repeated?.time ?? timeOf(this.#slices, at), key: this.#keyIn(key) })
    return repeated
  }

  #event(at: number, change: Change | null): LastDelete | null {
    const sent = timeOf(this.#slices, at)
    const time = change && !Number.isNaN(change.time) ? change.time : sent
    if (change?.op === 'd') return this.#delete(at, time, change.before)
    if (change?.after && ['c', 'u', 'r'].includes(change.op)) this.standing.add(at, ...change.after, this.#form.needsTime ? time : sent)
    else this.wrong.set(this.#slices.offsets[at] as number, notAChange(change))
    return null
  }

  #delete(at: number, time: number, before: Change['before']): LastDelete | null {
    const key = this.#slices.keyOf?.(at) ?? null
    const found = before && this.#form.key ? this.#keyIn(this.#slices.bytes.subarray(...before)) : null
    this.gone.push({ at, time, key: found && 'value' in found ? found : this.#keyIn(key) })
    return key && { key: base64Of(key), time }
  }

  #keyIn(bytes: Uint8Array | null): KeyValue {
    if (!bytes) return { issue: 'the message has no key' }
    return this.#form.key ? keyOfMessage(bytes, this.#form.key) : { value: null }
  }
}

/** Returns a reader of the event between two places of the bytes. */
function eventReader(bytes: Uint8Array): (start: number, end: number) => Change | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return (start, end) => readChange(bytes, view, start, end)
}

function notAChange(change: Change | null): string {
  if (!change) return 'not an event of Debezium: no JSON object with `op`, in `payload` or by itself'
  if (change.op === 't') return 'the table was truncated, and no message says which rows went: start over with a new log after a new snapshot'
  return 'cur'.includes(change.op) ? `not an event of Debezium: op ${change.op} without \`after\`` : `not a change of a row: op ${change.op}`
}
