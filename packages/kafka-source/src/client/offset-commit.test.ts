import { expect, it } from 'vitest'
import { WireReader, WireWriter } from '../connection/wire.ts'
import { checkOffsetCommit, offsetCommitRequest } from './offset-commit.ts'

it('commits as a member of a generation, with a note', () => {
  const member = { groupId: 'g', generationId: 4, memberId: 'm' }
  const r = new WireReader(offsetCommitRequest(member, [{ topic: 't', partition: 2, offset: '9007199254740000', metadata: 'log-a' }]))
  expect([r.string(), r.int32(), r.string(), r.int16()]).toEqual(['g', 4, 'm', -1])
  const topics = r.array(() => [r.string(), r.array(() => [r.int32(), r.int64(), r.int32(), r.string()])])
  expect(topics).toEqual([['t', [[2, 9007199254740000, -1, 'log-a']]]])
})

const answer = (...codes: number[]) => {
  const out = new WireWriter().int32(0).int32(1).string('t').int32(codes.length)
  codes.forEach((code, partition) => {
    out.int32(partition).int16(code)
  })
  return out.end()
}

it.each([
  [22, 'ILLEGAL_GENERATION', false],
  [25, 'UNKNOWN_MEMBER_ID', false],
  [27, 'REBALANCE_IN_PROGRESS', false],
  [16, 'NOT_COORDINATOR_FOR_GROUP', true],
  [99, 'ERROR_99', false],
])('throws the first error of an answer: %i', (code, type, retriable) => {
  expect(() => checkOffsetCommit(answer(0, code))).toThrow(expect.objectContaining({ type, retriable }))
})

it('takes an answer without errors', () => expect(() => checkOffsetCommit(answer(0, 0))).not.toThrow())
