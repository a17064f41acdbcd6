import { expect, it } from 'vitest'
import { withChecksum } from './checksum.ts'
import { recordName } from './record-names.ts'
import { checkRecord, goneLog, newest, recordParts, recordsAfter, verifyRecord } from './records.ts'

const record = (n: number) => ({ n, attempt: 'a', files: {}, body: { at: n } })
const bytesOf = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

it('the newest record has the highest number, whatever else is there', () => {
  expect(newest([recordName(9), recordName(10), 'state', '.11-a.tmp'])).toBe(10)
  expect(newest(['state'])).toBe(-1)
})

it('a record comes back from its bytes, and only under its own number', () => {
  expect(verifyRecord(bytesOf(recordParts(record(1))), 'log/1', 1)).toEqual(record(1))
  expect(verifyRecord(bytesOf(withChecksum(record(1), 1)), 'log/1', 1)).toEqual(record(1))
  expect(() => verifyRecord(bytesOf(recordParts(record(1))), 'log/2', 2)).toThrow(/log\/2 holds record 1/)
})

it.each([[{ n: -1 }], [{ n: 0.5 }], [{ attempt: '../a' }]])('a record with %j is refused', (wrong) => {
  expect(() => checkRecord({ ...record(1), ...wrong })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

it.each([
  ['missing in the middle', [0, 2], -1, [0], 'is missing'],
  ['pruned', [3], 0, [], 'was pruned'],
  ['not there yet', [0], 1, [], 'is missing'],
])('reading records that are %s is a gap', async (_, there, after, before, says) => {
  const seen: number[] = []
  const reading = async () => {
    const from = { task: 'tickets-0', log: 'the log', names: there.map(recordName), record: async (n: number) => record(n) }
    for await (const { n } of recordsAfter(after, from)) seen.push(n)
  }
  await expect(reading()).rejects.toMatchObject({ code: 'LOG_GAP', retryable: true, message: expect.stringContaining(says) })
  expect(seen).toEqual(before)
})

it('a log that is gone names itself and what to do', () => {
  expect(goneLog('data/log', 'cause')).toMatchObject({
    code: 'LOG_GONE',
    message: expect.stringMatching(/data\/log.*stop every process/),
    cause: 'cause',
  })
})
