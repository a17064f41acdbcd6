import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { column, type Decoded, type Schema } from '../../batch/batch.ts'
import { codesOf, TextCodes } from '../../batch/text-codes.ts'
import { defineSchema } from '../../schema/define.ts'
import { messages as corpus } from '../../schema/fast-decoder/corpus.fixture.ts'
import { bytesOf, shown, slicesOf } from '../../schema/fast-decoder/decoders.fixture.ts'
import { inputSchemas } from '../../schema/fast-decoder/input-schemas.fixture.ts'
import { schemas } from '../../schema/fast-decoder/schemas.fixture.ts'
import { Ticket } from '../../tickets/ticket.ts'
import { instant } from '../../values/instant.ts'
import { workerDecoder } from './worker-decoder.ts'

const anywhere = { decodeThread: true }
const ticket = (i: number, more: object = {}) => ({
  ticket_id: `7d444840-9dc0-41d1-b245-${String(i).padStart(12, '0')}`,
  client_id: `CLIENT_${1000 + (i % 9000)}`,
  created_at: new Date(1.7e12 + i).toISOString(),
  request: `Où est ma facture n° ${i} ?`,
  request_type: ['billing', 'technical', 'account', 'general'][i % 4],
  priority: 'high',
  ...more,
})
const linesOf = (count: number, from = 0) => Array.from({ length: count }, (_, i) => bytesOf(JSON.stringify(ticket(from + i))))

describe('law 9: another thread gives what this one gives', () => {
  const onThread = [...schemas, ...inputSchemas].filter(({ schema }) => workerDecoder(schema, anywhere))

  test('for schemas whose checks are no functions', () => {
    expect(onThread.map(({ schema }) => schema.name)).toContain('ticket')
    const checked = defineSchema(z.object({ at: instant(), even: z.int().refine((n) => n % 2 === 0) }), { name: 'checked', time: 'at' })
    expect(workerDecoder(checked, anywhere)).toBeNull()
    expect(workerDecoder(Ticket, { decodeThread: false })).toBeNull()
  })

  test('nested columns are decoded there, those that only zod can judge are not', () => {
    const names = onThread.map(({ schema }) => schema.name)
    expect(names).toContain('nested')
    expect(names).not.toContain('open')
    expect(names).not.toContain('nested_checks')
  })

  test('unknown fields are kept there, and what lies around a message, or a function of the user, is read here', () => {
    const names = onThread.map(({ schema }) => schema.name)
    expect(names).toContain('kept')
    expect(['around', 'around_strict', 'around_checked'].filter((name) => names.includes(name))).toEqual([])
    const options = { name: 'mapped', time: 'at', from: z.unknown(), map: () => [] } as const
    const mapped = defineSchema(z.object({ at: instant() }), options)
    expect(workerDecoder(mapped, anywhere)).toBeNull()
    expect(workerDecoder({ ...mapped }, anywhere)).toBeNull()
    const plain = defineSchema(z.object({ at: instant(), n: z.object({ a: z.int() }) }), { name: 'plain', time: 'at', unknown: 'refuse' })
    expect(workerDecoder(plain, anywhere)).not.toBeNull()
  })

  test('a copy of a schema with the columns or the type of another one is never sent there', () => {
    const A: Schema<unknown> = defineSchema(z.object({ at: instant(), a: z.int() }), { name: 'a', time: 'at' })
    const B: Schema<unknown> = defineSchema(z.object({ at: instant(), b: z.int() }), { name: 'b', time: 'at' })
    for (const copy of [
      { ...A, fields: B.fields },
      { ...A, zod: B.zod },
      { ...A, decode: B.decode },
      { ...A, decodeSlices: B.decodeSlices },
    ])
      expect(workerDecoder(copy, anywhere)).toBeNull()
  })

  test('a default is filled in by this one', async () => {
    const schema = defineSchema(z.object({ at: instant(), text: z.string().default('none') }), { name: 'filled', time: 'at' })
    const at = '2026-11-21T12:00:00Z'
    const slices = slicesOf([bytesOf(JSON.stringify({ at, text: 'a' })), bytesOf(JSON.stringify({ at }))])
    const there = await workerDecoder(schema, anywhere)?.(slices)
    expect(there?.batch.toArray().map(({ text }) => text)).toEqual(['a', 'none'])
  })

  test('a schema that decodes by a function of the user is never sent there', async () => {
    const Ping = defineSchema(z.object({ at: instant(), n: z.int() }), { name: 'ping', time: 'at' })
    const own: typeof Ping = { ...Ping, decode: (messages, options) => Ping.decode([...messages].reverse(), options) }
    expect(workerDecoder(own, anywhere)).toBeNull()
    expect(workerDecoder({ ...Ping }, anywhere)).not.toBeNull()
    expect(workerDecoder({ ...Ping, decodeSlices: (slices) => Ping.decodeSlices(slices) }, anywhere)).toBeNull()
    const slices = slicesOf([1, 2, 3].map((n) => bytesOf(JSON.stringify({ at: '2026-11-21T12:00:00Z', n }))))
    expect(
      own
        .decodeSlices(slices)
        .batch.toArray()
        .map(({ n }) => n),
    ).toEqual([3, 2, 1])
    expect(
      Ping.decodeSlices(slices)
        .batch.toArray()
        .map(({ n }) => n),
    ).toEqual([1, 2, 3])
  })

  test.each(onThread)('$schema.name: valid messages, without asking this one', async ({ schema, valid }) => {
    const slices = slicesOf(Array.from({ length: 500 }, () => bytesOf(JSON.stringify(valid))))
    const spy = vi.spyOn(schema as { decodeSlices: Schema<unknown>['decodeSlices'] }, 'decodeSlices')
    const there = await workerDecoder(schema, anywhere)?.(slices)
    expect(spy).not.toHaveBeenCalled()
    spy.mockRestore()
    expect(there && shown(there)).toEqual(shown(schema.decodeSlices(slices)))
  })

  test.each(onThread)(
    '$schema.name: every message of the corpus, alone and among valid ones, tombstones and absurd times too',
    async ({ schema, valid }) => {
      const good = bytesOf(JSON.stringify(valid))
      for (const message of corpus) {
        const slices = slicesOf([good, good, message, good])
        for (const options of [{}, { maxFuture: 1000 }]) {
          const there = await workerDecoder(schema, anywhere)?.(slices, options)
          expect(there && shown(there)).toEqual(shown(schema.decodeSlices(slices, options)))
        }
      }
    },
  )
})

test('only the messages that the thread leaves are decoded by this one, and their rows stand in their places', async () => {
  const decode = workerDecoder(Ticket, anywhere)
  const surely = linesOf(40)
  // A key with an escape is zod's; the thread decides about no invalid message.
  const rare = (i: number) => bytesOf(JSON.stringify(ticket(i, { request: `rare ${i}` })).replace('"request"', String.raw`"re\u0071uest"`))
  const values = surely.flatMap((line, i) => (i % 4 === 0 ? [line, rare(1000 + i)] : i % 7 === 0 ? [bytesOf('{}'), null, line] : [line]))
  const slices = slicesOf(values)
  const expected = Ticket.decodeSlices(slices)
  const spy = vi.spyOn(Ticket as { decodeSlices: (typeof Ticket)['decodeSlices'] }, 'decodeSlices')
  const there = await decode?.(slices)
  const sizes = spy.mock.calls.map(([odd]) => odd.starts.length)
  spy.mockRestore()
  expect(sizes).toEqual([values.length - surely.length])
  expect(there && shown(there)).toEqual(shown(expected))
  expect(there?.rejected).toEqual(expected.rejected)
  expect(there?.batch.toArray().filter(({ request }) => request.startsWith('rare'))).toHaveLength(10)
})

test('texts whose codes are needed are numbered by the thread, to the same codes', async () => {
  // A schema of its own: whether texts are numbered is asked by schema.
  const Own = defineSchema(z.object({ client_id: z.string(), created_at: instant() }), { name: 'own', time: 'created_at' })
  const decode = workerDecoder(Own, anywhere)
  const lookUps = vi.spyOn(TextCodes.prototype, 'codeOf')
  const codesIn = (decoded: Decoded<unknown> | null | undefined, name: string) => {
    const found = decoded && codesOf(name, column(decoded.batch, 'client_id'), decoded.batch.length)
    return found && [...found.codes].map((code) => found.texts.textOf(code))
  }
  const counts: number[] = []
  for (let piece = 0; piece < 4; piece++) {
    const slices = slicesOf(linesOf(300, piece * 100))
    const there = await decode?.(slices)
    lookUps.mockClear()
    const codes = codesIn(there, 'numbered there')
    counts.push(lookUps.mock.calls.length)
    expect(codes).toEqual(codesIn(Own.decodeSlices(slices), 'numbered here'))
  }
  lookUps.mockRestore()
  // The first piece came before anybody asked, and each text of the others is looked up once.
  expect(counts).toEqual([300, 300, 100, 100])
})

test('pieces come in any number and size, and what they lay in may change at once', async () => {
  const decode = workerDecoder(Ticket, anywhere)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 6 }), async (sizes) => {
      let from = 0
      const pieces = sizes.map((size) => {
        const slices = slicesOf(linesOf(size, from))
        from += size
        const expected = shown(Ticket.decodeSlices(slices))
        const got = decode?.(slices)
        if (size === 0) expect(got).toBeNull()
        for (const array of [slices.bytes, slices.starts, slices.ends, slices.offsets]) array.fill(0)
        return got?.then((decoded) => expect(shown(decoded)).toEqual(expected))
      })
      await Promise.all(pieces)
    }),
    { numRuns: 20 },
  )
})

test('a source most of whose messages need zod again and again is not sent there any more', async () => {
  const decode = workerDecoder(Ticket, anywhere)
  const some = slicesOf([...linesOf(2), bytesOf('{}'), bytesOf('{}')])
  const most = slicesOf([...linesOf(1), bytesOf('{}'), bytesOf('{}')])
  for (let i = 0; i < 8; i++) expect((await decode?.(some))?.rejected).toHaveLength(2)
  for (let i = 0; i < 4; i++) expect((await decode?.(most))?.rejected).toHaveLength(2)
  expect(decode?.(slicesOf(linesOf(3)))).toBeNull()
})

test('an option that is neither true nor false is refused', () => {
  for (const decodeThread of ['yes', 1, null])
    expect(() => workerDecoder(Ticket, { decodeThread: decodeThread as never })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

describe('a thread that cannot be had', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'decode-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test.each([
    ['is not there', null],
    ['fails when it starts', 'throw new Error("no such module")'],
    ['ends on its first piece', 'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit(3))'],
    ['throws', 'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => { throw new Error("out of its mind") })'],
  ])('it %s: this one decodes what it had, and says so once', async (_, code) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const file = join(folder, 'worker.mjs')
    if (code !== null) await writeFile(file, code)
    const decode = workerDecoder(Ticket, { decodeThread: true, decodeWorkerUrl: file })
    const slices = slicesOf(linesOf(50))
    const both = await Promise.all([decode?.(slices), decode?.(slices)])
    for (const decoded of both) expect(decoded && shown(decoded)).toEqual(shown(Ticket.decodeSlices(slices)))
    expect(decode?.(slices)).toBeNull()
    expect(warn).toHaveBeenCalledOnce()
    expect(warn.mock.calls[0]?.[1]).toMatchObject({ code: 'TICKETS_DECODE_IN_PROCESS', detail: expect.stringContaining('decodeWorkerUrl') })
    warn.mockRestore()
  })
})
