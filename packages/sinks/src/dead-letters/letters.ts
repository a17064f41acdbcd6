import { DeadLetter, type Storage, TicketsError } from '@tickets/core'
import { storageAt } from '../disk/disk-storage.ts'
import { openPart } from '../lake/compaction/plan.ts'
import type { Part } from '../lake/dataset/parts.ts'
import { lookAt } from '../lake/dataset/view.ts'

/** How often a dataset is read anew because a compaction took a file away meanwhile. */
const TRIES = 5
const NEW_LINE = 10

/**
 * Yields the dead letters of a dataset that `deadLetters` of a pipeline wrote as Parquet, Arrow or JSON Lines: each once, file by file. It may run while
 * the pipeline writes, and while a compaction runs.
 *
 * @throws `TARGET_UNUSABLE` where there is no dataset; `SCHEMA_MISMATCH` where it holds other rows; `OPTION_INVALID` for CSV files
 * @example
 * for await (const { reason, value } of readDeadLetters('data/dead')) console.log(reason, value)
 */
export async function* readDeadLetters(dir: string | Storage): AsyncGenerator<DeadLetter> {
  const dataset = storageAt(dir)
  const seen = new Set<string>()
  for (let tries = 0; ; tries++) {
    let isGone = false
    for (const part of (await lookAt(dataset)).parts) {
      const letters = await lettersIn(dataset, part)
      isGone ||= letters === null
      for (const letter of letters ?? []) {
        const id = `${letter.topic} ${letter.partition} ${letter.position}`
        if (seen.has(id)) continue
        seen.add(id)
        yield letter
      }
    }
    if (!isGone) return
    if (tries === TRIES) throw compacted(dataset)
  }
}

/** Returns the error of a dataset whose files go faster than they can be read. */
export const compacted = ({ location }: Storage): TicketsError =>
  new TicketsError('SOURCE_FAILED', `${location} is compacted again and again while it is read: read it later`, { retryable: true })

/** Returns the dead letters of one file, in its order; null where a compaction took the file away. */
export async function lettersIn(dataset: Storage, part: Part): Promise<readonly DeadLetter[] | null> {
  const path = `${dataset.location}/${part.path}`
  if (part.extension === 'jsonl') {
    const bytes = await dataset.read(part.path)
    return bytes && lettersOfLines(bytes, path)
  }
  const opened = await openPart(dataset, part)
  if (!opened) return null
  try {
    if (!opened.batches)
      throw new TicketsError(
        'OPTION_INVALID',
        `${path} cannot be read as dead letters, since .${part.extension} files do not tell null from an empty text: let deadLetters write Parquet, Arrow or JSON Lines`,
      )
    const missing = DeadLetter.fields.find(({ name }) => !opened.fields.some((field) => field.name === name))
    if (missing) throw noLetters(path, `it has no column "${missing.name}"`)
    const letters: DeadLetter[] = []
    // What is null in a column is an absent key where the file does not say which of the two it was.
    const absent = { timestamp: null, key: null, value: null }
    for await (const batch of opened.batches()) for (const row of batch) letters.push({ ...absent, ...(row as Partial<DeadLetter> as DeadLetter) })
    return letters
  } finally {
    opened.close()
  }
}

function lettersOfLines(bytes: Uint8Array, path: string): readonly DeadLetter[] {
  const messages: { value: Uint8Array; offset: number }[] = []
  for (let at = 0; at < bytes.length; ) {
    const next = bytes.indexOf(NEW_LINE, at)
    const end = next < 0 ? bytes.length : next
    if (end > at) messages.push({ value: bytes.subarray(at, end), offset: at })
    at = end + 1
  }
  const { batch, rejected } = DeadLetter.decode(messages)
  const [first] = rejected
  if (first) throw noLetters(path, `byte ${first.offset}: ${first.reason}`)
  return batch.toArray()
}

const noLetters = (path: string, why: string) =>
  new TicketsError('SCHEMA_MISMATCH', `${path} holds no dead letters (${why}): give the folder that deadLetters of the pipeline writes to`)
