/**
 * Tries random configurations, rows and answers of a broker: `node scripts/fuzz-errors.ts 10000`, with a seed behind it to repeat a run. What fails has
 * to fail with a code, in one line and without a stack trace, and a command that fails exits with 1.
 */
import { inspect } from 'node:util'
import { Batch, isTicketsError, messageOf, Ticket, ticketStream } from '@tickets/core'
import { commandList } from '../packages/cli/src/commands/list.ts'
import { loadConfig } from '../packages/cli/src/config/load-config.ts'
import { settingsOf } from '../packages/cli/src/config/settings.ts'
import { ticketsCli } from '../packages/cli/src/tickets.ts'
import { kafkaError } from '../packages/kafka-source/src/client/errors.ts'
import { crc32c } from '../packages/kafka-source/src/protocol/record-batch.ts'
import { PartitionQueue } from '../packages/kafka-source/src/source/partition-queue.ts'
import { KafkaReader } from '../packages/kafka-source/src/source/reader.ts'
import { recordBatch } from '../packages/kafka-source/test/record-batches.ts'
import { Random } from '../test/crash/random.ts'

const many = Number(process.argv[2] ?? 1000)
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000)
const choices = new Random(seed)
const random = (below: number): number => choices.int(0, below - 1)
const oneOf = <T>(all: readonly T[]): T => choices.pick(all)

/** Texts and values that have broken parsers before. */
const texts = [
  '',
  ' ',
  '0',
  '-1',
  '1e999',
  'NaN',
  '9007199254740993',
  'true',
  'null',
  '[]',
  '{}',
  '--',
  '=',
  ',',
  '\u0000',
  '\n    at fake (a.js:1:1)',
  '\ud800',
  '💥',
  '../..',
  '10s',
  'yes',
  'x'.repeat(5000),
]
const values: readonly unknown[] = [
  ...texts,
  null,
  undefined,
  0,
  -0,
  1.5,
  2 ** 53,
  Number.NaN,
  true,
  [],
  {},
  [null],
  { a: 1 },
  new Date(Number.NaN),
  10n,
  () => 1,
  Symbol('s'),
]

const failures: string[] = []
const counts = { refused: 0, accepted: 0 }

/** Notes an error that a user would see. */
function note(what: string, error: unknown): void {
  const message = messageOf(error)
  if (!isTicketsError(error)) failures.push(`${what}: no code: ${inspect(error)}`)
  else if (message === '' || /^\s+at .*:\d+:\d+\)?$/m.test(message.replaceAll(/"(?:[^"\\]|\\.)*"/g, '')))
    failures.push(`${what}: ${error.code}: ${message}`)
  else counts.refused += 1
}

async function attempt(what: string, act: () => unknown): Promise<void> {
  try {
    await act()
    counts.accepted += 1
  } catch (error) {
    note(what, error)
  }
}

const definitions = await Promise.all(commandList.map((one) => one.load({ print: () => {} })))

/** Reads flags and variables of a command, some of them right. */
async function tryConfiguration(): Promise<void> {
  const { flags, prefix } = oneOf(definitions)
  const settings = settingsOf(flags, prefix)
  const argv = Array.from({ length: random(5) }, () =>
    oneOf([`--${oneOf(settings).flag}`, `--${oneOf(settings).flag}=${oneOf(texts)}`, `--no-${oneOf(settings).flag}`, oneOf(texts)]),
  )
  const env = Object.fromEntries(
    Array.from({ length: random(4) }, () => [oneOf([oneOf(settings).env, `${prefix}${oneOf(['X', 'JSN'])}`]), oneOf(texts)]),
  )
  await attempt(`configuration ${JSON.stringify({ argv, env })}`, () => loadConfig(flags, { prefix, argv, env, envFile: null, onHelp: () => {} }))
}

/** Runs a command line that is wrong. */
async function tryCommand(): Promise<void> {
  const argv = [oneOf(['', oneOf(commandList).name, oneOf(texts)]), oneOf(texts), '--no-such-flag', oneOf(texts)]
  let shown = ''
  const code = await ticketsCli({ argv, print: () => {}, printError: (text) => (shown += text) })
  if (code === 1 && /^error [A-Z_]+: .+\n$/.test(shown) && !shown.startsWith('error UNEXPECTED')) counts.refused += 1
  else failures.push(`tickets ${JSON.stringify(argv)} ended with ${code}: ${shown}`)
}

const good: readonly Ticket[] = [...ticketStream({ tickets: 20, seed: 1 })]

/** Returns a ticket, with some columns that are wrong. */
function row(): Record<string, unknown> {
  const made: Record<string, unknown> = { ...oneOf(good) }
  for (let i = random(3); i > 0; i--) made[oneOf([...Object.keys(made), 'more', 'constructor'])] = oneOf(values)
  return made
}

const utf8 = (text: string) => new TextEncoder().encode(text)
const jsonOf = (value: unknown) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' || typeof one === 'symbol' ? String(one) : one)) ?? ''

/** Returns the bytes of a message, damaged now and then. */
function message(): Uint8Array {
  const bytes = utf8(oneOf([jsonOf(row()), jsonOf(row()), oneOf(texts), `${'['.repeat(random(3000))}`]))
  if (random(3) === 0) for (let i = random(4); i > 0 && bytes.length > 0; i--) bytes[random(bytes.length)] = random(256)
  return random(4) === 0 ? bytes.subarray(0, random(bytes.length + 1)) : bytes
}

/** Decodes messages, each of which becomes a row or is rejected with a reason; makes a batch of rows. */
async function tryRows(): Promise<void> {
  const messages = Array.from({ length: 3 }, (_, offset) => ({ value: message(), offset }))
  await attempt('messages', () => {
    const { batch, rejected } = Ticket.decode(messages)
    if (batch.length + rejected.length !== messages.length)
      failures.push(`${messages.length} messages gave ${batch.length} rows and ${rejected.length} rejected ones`)
    for (const { reason } of rejected) if (reason === '') failures.push('a message was rejected without a reason')
  })
  await attempt('rows', () => Batch.of(Ticket, [row() as never]))
}

/** Returns a record batch that is damaged behind its length, mostly with a checksum that fits. */
function damaged(batch: Buffer): Buffer {
  for (let i = random(4); i > 0; i--) batch[12 + random(batch.length - 12)] = random(256)
  if (random(4) > 0) {
    batch[16] = 2
    batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
  }
  return batch
}

/** Reads what a broker answers, which is damaged or cut off. */
async function tryAnswer(): Promise<void> {
  const batches = [recordBatch(0, [jsonOf(oneOf(good)), null]), recordBatch(2, [jsonOf(row()), oneOf(texts)])]
  const records = Buffer.concat(batches.map(damaged))
  if (random(8) === 0) records[random(records.length)] = random(256)
  const cut = random(4) === 0 ? records.subarray(0, random(records.length)) : records
  const queue = new PartitionQueue({ topic: 't', partition: 0, from: 0, end: 4, to: undefined, bytes: 1 << 20 })
  try {
    queue.take({ topic: 't', partition: 0, error: 0, end: 4, aborted: [], records: cut }, 0, true)
  } catch (error) {
    // As the fetcher does.
    return note('answer', kafkaError(error, ['localhost:9092']))
  }
  const decodeOptions = { maxFuture: Number.MAX_SAFE_INTEGER, reference: Number.POSITIVE_INFINITY }
  const nothing = () => {}
  const reader = new KafkaReader<Ticket>({
    schema: Ticket,
    queue,
    from: 0,
    to: undefined,
    decodeOptions,
    codecs: {},
    onRoom: nothing,
    commit: nothing,
    onClose: nothing,
  })
  const { signal } = new AbortController()
  await attempt('answer', () => reader.read({ rows: 100, bytes: 1 << 20, ms: 1, signal }))
  await reader.close()
}

const kinds = [tryConfiguration, tryCommand, tryRows, tryAnswer]
for (let i = 0; i < many; i++) await kinds[i % kinds.length]?.()
for (const failure of failures.slice(0, 10)) console.error(failure.slice(0, 1500))
console.log(`${many} tries with seed ${seed}: ${counts.refused} refused with a code, ${counts.accepted} accepted, ${failures.length} wrong`)
process.exit(failures.length === 0 ? 0 : 1)
