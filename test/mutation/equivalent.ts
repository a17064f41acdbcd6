import type { Mutant } from './mutants.ts'

/** A mutation that no test can find, since the program does the same with it, and why. */
export interface Equivalent {
  readonly file: string
  /** The line, trimmed. */
  readonly source: string
  /** As the report says it; all mutations of the line where it is left out. */
  readonly what?: string
  /** Which one, where the same line and mutation stand in the file more than once; the first by default. */
  readonly nth?: number
  readonly why: string
}

const engine = (name: string) => `packages/core/src/window/engine/${name}.ts`
const messageFile = 'packages/kafka-source/src/sink/message-file.ts'
const timedKeys = 'packages/core/src/window/engine/timed-keys.ts'
const take = 'packages/core/src/batch/take.ts'

export const equivalents: readonly Equivalent[] = [
  {
    file: 'packages/core/src/window/groups/accumulators.ts',
    source: "if (typeof value === 'string' || typeof value === 'boolean') return value",
    what: "typeof value === 'string' || typeof value === 'boolean' → &&",
    why: 'the way through JSON gives the same text or boolean',
  },
  {
    file: engine('session-engine'),
    source: 'if (!(watermark > this.#earliest)) return []',
    what: 'watermark > this.#earliest → >=',
    why: 'looks at sessions of which none closes yet',
  },
  {
    file: 'packages/sinks/src/intake/split-into-files.ts',
    source:
      "if (joins && !plan && !sortBy && batches.reduce((sum, { length }) => sum + length, 0) <= maxRowsPerFile) return yield { folder: '', rows: batches }",
    what: 'batches.reduce((sum, { length }) => sum + length, 0) <= maxRowsPerFile → <',
    why: 'joins the rows of one file here, and not in the encoder',
  },
  {
    file: 'packages/core/src/commit/operator-state.ts',
    source: 'const INLINE = 256 * 1024',
    why: 'says only whether a snapshot is in its record or beside it; what is restored is the same',
  },
  {
    file: 'packages/core/src/commit/operator-state.ts',
    source:
      "return JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(await this.#log.getState(this.#task, name))) as OperatorSnapshots",
    what: 'true → false',
    why: 'what is decoded begins with a brace, so no byte order mark stands in front',
  },
  {
    file: 'packages/core/src/node/log/checksum.ts',
    source: 'const START = openingOf(1).length + HASH + BETWEEN.length',
    what: '1 → 2',
    why: 'the opening of each format has the same length',
  },
  {
    file: 'packages/core/src/tasks/reading.ts',
    source: 'const CHUNK = { rows: 16_384, bytes: 1024 * 1024 }',
    why: 'says only how much is read at a time; ranges and rows are the same',
  },
  {
    file: 'packages/core/src/tasks/task.ts',
    source: "else revoked.addEventListener('abort', () => this.#graph.close(), { once: true })",
    what: 'true → false',
    why: 'a signal aborts once',
  },
  {
    file: 'packages/kafka-source/src/protocol/record-batch.ts',
    source: 'computeCrc32c ??= loadNative() ?? slowCrc32c',
    what: 'loadNative() ?? slowCrc32c → slowCrc32c',
    why: 'both give the same checksum',
  },
  ...['1 → 2', '1 → 0', 'size - 1 → +'].map((what) => ({
    file: 'packages/core/src/schema/fast-decoder/member.ts',
    source: 'this.#mask = size - 1',
    what,
    why: 'says only how names are spread over buckets; those of each are compared',
  })),
  {
    file: 'packages/core/src/schema/fast-decoder/row.ts',
    source: 'if (at < end && bytes[at] === 0x7d) at++',
    what: '0x7d → 126',
    why: 'an object without members lacks the time, so zod decides either way',
  },
  ...[0, 1].map((nth) => ({
    file: 'packages/core/src/schema/fast-decoder/row.ts',
    source: 'if ((bytes[at] as number) <= 0x20) at = space(bytes, at, end)',
    what: '0x20 → 33',
    nth,
    why: 'looks for white space where there is none',
  })),
  {
    file: 'packages/core/src/schema/fast-decoder/field.ts',
    source: 'return at !== UNSURE && (at >= end || space(bytes, at, end) === end)',
    what: 'at >= end → >',
    why: 'at the end there is no white space, so the search ends where it began',
  },
  {
    file: 'packages/core/src/window/time-zone.ts',
    source:
      "for (const { type, value } of format.formatToParts(second)) parts[type] = type === 'era' ? (value.startsWith('B') ? -1 : 1) : Number(value)",
    what: '1 → 0',
    nth: 1,
    why: 'only whether the era is below 0 is asked',
  },
  {
    file: 'packages/core/src/window/time-zone.ts',
    source: 'date.setUTCFullYear(era < 0 ? 1 - year : year, month - 1, day)',
    what: 'era < 0 → <=',
    why: 'the era is never 0',
  },
  {
    file: 'packages/core/src/window/time-zone.ts',
    source: 'if (known.length > KNOWN) known.shift()',
    what: 'known.length > KNOWN → >=',
    why: 'remembers one window less',
  },
  {
    file: 'packages/core/src/window/tumbling.ts',
    source: 'if (!(time >= last[0].start && time < last[0].end)) last = [at(time)]',
    what: 'time >= last[0].start → >',
    why: 'computes the same window once more',
  },
  ...['32 → 31', '32 → 33'].map((what) => ({
    file: 'packages/core/src/schema/fast-decoder/skip.ts',
    source: 'const DEPTH = 32',
    what,
    why: 'says only which messages are left to JSON.parse, which gives the same rows',
  })),
  {
    file: 'packages/core/src/schema/fast-decoder/skip.ts',
    source: 'if (at + 6 > end) return UNSURE',
    what: 'at + 6 > end → >=',
    why: 'an escape that ends the message has no quote behind it, so it is left to JSON.parse anyway',
  },
  {
    file: 'packages/core/src/schema/fast-decoder/sequence.ts',
    source: "if (to === undefined || to === '\\\\' || !isAscii(to) || to < char) return null",
    what: 'to < char → <=',
    why: 'leaves patterns with a range of one character to zod, which gives the same rows',
  },
  {
    file: 'packages/core/src/schema/fast-decoder/sequence.ts',
    source: 'if (last && last[1] === code - 1) last[1] = code',
    what: '1 → 2',
    why: 'makes more ranges of the same characters',
  },
  ...['4 → 3', '4 → 5'].map((what) => ({
    file: 'packages/core/src/commit/cached-log.ts',
    source: 'const KEPT = 4',
    what,
    why: 'says only which records are read back from the log',
  })),
  ...['0 → 1', '1024 → 1025', '1024 → 1023', '2 → 3', '2 → 1'].map((what) => ({
    file: engine('session-starts'),
    source: what === '0 → 1' ? '#left = 0' : 'if (this.held > 2 * this.#left + 1024 || this.held > this.#most) {',
    what,
    why: 'says only when what is finished is forgotten',
  })),
  ...['this.held > 2 * this.#left + 1024 → >=', 'this.held > this.#most → >='].map((what) => ({
    file: engine('session-starts'),
    source: 'if (this.held > 2 * this.#left + 1024 || this.held > this.#most) {',
    what,
    why: 'forgets sooner what is finished',
  })),
  ...['20 → 19', '20 → 21', '1 → 2'].map((what) => ({
    file: messageFile,
    source: 'const part = 1 << 20',
    what,
    why: 'says only in how many pieces a file is written',
  })),
  { file: timedKeys, source: 'if (until > this.#until) this.#until = until', what: 'until > this.#until → >=', why: 'sets the same value' },
  {
    file: timedKeys,
    source: 'if (this.#held > this.#most) this.#sweep()',
    what: 'this.#held > this.#most → >=',
    why: 'a sweep that comes sooner forgets only what is old',
  },
  {
    file: timedKeys,
    source: 'if (kept.length < times.length) this.#times.set(id, kept)',
    what: 'kept.length < times.length → <=',
    why: 'sets the same values',
  },
  { file: take, source: 'const BULK_COPY_BYTES = 512', why: 'says only which of two ways to copy is taken' },
  { file: take, source: 'const out = new Uint8Array((rows.length + 7) >> 3)', what: '3 → 2', why: 'more room than is needed' },
  { file: take, source: 'const valueOffsets = new Int32Array(rows.length + 1)', what: '1 → 2', why: 'more room than is needed' },
  {
    file: 'packages/core/src/node/log/checksum.ts',
    source: "const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })",
    what: 'true → false',
    why: 'bytes that are no UTF-8 do not fit the checksum either',
  },
  {
    file: 'packages/core/src/node/log/checksum.ts',
    source: "const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })",
    what: 'true → false',
    nth: 1,
    why: 'what is decoded begins with a brace or fits no checksum, so no byte order mark stands in front',
  },
  ...['4096 → 4097', '4096 → 4095'].map((what) => ({
    file: 'packages/core/src/commit/operator-state.ts',
    source: 'const whole = this.#isRolling || this.#base < 0 || this.#changed > GROWTH * Math.max(this.#baseSize, 4096) || n - this.#base >= RECORDS',
    what,
    why: 'says only how soon a small base is written anew; what is restored is the same',
  })),
]

export const explains = (known: Equivalent, file: string, { source, what, nth }: Pick<Mutant, 'source' | 'what' | 'nth'>): boolean =>
  known.file === file && known.source === source && (known.what === undefined || (known.what === what && (known.nth ?? 0) === nth))

export const equivalentOf = (file: string, mutant: Mutant): Equivalent | undefined => equivalents.find((known) => explains(known, file, mutant))
