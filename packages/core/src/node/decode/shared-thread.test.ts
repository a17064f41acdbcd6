import { expect, test } from 'vitest'
import * as z from 'zod'
import { column } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { packMessages } from '../../schema/kernel/pack-messages.ts'
import { givenCodes } from '../../store/given-codes.ts'
import { Ticket } from '../../tickets/ticket.ts'
import { instant } from '../../values/instant.ts'
import { pieceOf } from './pieces.fixture.ts'
import { type ThreadUse, useThread } from './shared-thread.ts'

const Row = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'row', time: 'at' })
const anywhere = { decodeThread: true }
const use = (): ThreadUse<unknown> => useThread(Row, anywhere) ?? expect.fail('the schema is decoded on a thread')

/** Decodes messages by a use of the thread. */
async function decode(used: ThreadUse<unknown>, messages: readonly string[]) {
  const piece = pieceOf(messages)
  const decoded = await used.thread.decode(used.plan, piece)
  if (!decoded) expect.fail('the thread is there')
  return used.batchOf(
    decoded,
    Float64Array.from(messages, (_, i) => i),
    packMessages(piece, decoded.odd),
    {},
  )
}

test('sources of one schema share a thread and a plan, and those of another one the thread', () => {
  const [one, two, other] = [use(), use(), useThread(Ticket, anywhere)]
  expect([one.thread === two.thread, one.plan === two.plan, other?.thread === one.thread]).toEqual([true, true, true])
  expect(other?.plan.id).not.toBe(one.plan.id)
})

test('there is none where it is not wanted, or a check is a function', () => {
  const checked = defineSchema(z.object({ at: instant(), n: z.int().refine((n) => n > 0) }), { name: 'checked', time: 'at' })
  expect([useThread(Row, { decodeThread: false }), useThread(checked, anywhere)]).toEqual([null, null])
})

test('an option that is neither true nor false is refused', () => {
  for (const decodeThread of ['yes', 1, null])
    expect(() => useThread(Row, { decodeThread: decodeThread as never })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

const row = '{"at":"2026-01-01T00:00:00Z","text":"a"}'
const rare = String.raw`{"at":"2026-01-01T00:00:00Z","te\u0078t":"b"}`

test('a batch has what the thread says of its texts, unless rows were put in between', async () => {
  const used = use()
  const given = async (messages: readonly string[]) => givenCodes(column((await decode(used, messages)).batch, 'text'))
  expect([await given([row, row]), await given([row, rare]), await given([row, '{}'])]).toEqual([
    { request: { isWanted: false }, numbered: null },
    undefined,
    { request: { isWanted: false }, numbered: null },
  ])
})

test('a source whose messages are mostly left by the thread stops using it, and no other source', async () => {
  const [used, other] = [use(), use()]
  for (let i = 0; i < 6; i++) await decode(used, [row, '{}'])
  expect(used.isWorthwhile).toBe(true)
  for (let i = 0; i < 4; i++) await decode(used, [row, '{}', '{}'])
  expect([used.isWorthwhile, other.isWorthwhile]).toEqual([false, true])
})
