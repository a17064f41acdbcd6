import { describe, expect, it } from 'vitest'
import { checkName, recordName, recordNumber, stateName, temporaryName, temporaryNumber } from './record-names.ts'

describe('the names of files in a log', () => {
  it('3.2 hold the number of a record and nothing else, and sort as the numbers do', () => {
    expect(recordName(7)).toBe('00000000000000000007.json')
    expect([recordName(10), recordName(9), recordName(100)].sort().map(recordNumber)).toEqual([9, 10, 100])
    expect(recordNumber(recordName(Number.MAX_SAFE_INTEGER))).toBe(Number.MAX_SAFE_INTEGER)
  })

  it.each(['7.json', '0000000000000000000x.json', '00000000000000000007.json.tmp', '.7-a.tmp', 'state'])('are not a record: %s', (name) => {
    expect(recordNumber(name)).toBe(-1)
  })

  it('tell temporary files of two attempts apart', () => {
    expect(temporaryName(3, 'a')).not.toBe(temporaryName(3, 'b'))
    expect(temporaryNumber(temporaryName(3, 'a-b_c'))).toBe(3)
    expect(temporaryNumber(recordName(3))).toBe(Number.POSITIVE_INFINITY)
  })

  it('tell the number and the attempt of a state', () => {
    expect(stateName('12-ab-c.json')).toEqual({ n: 12, attempt: 'ab-c' })
    expect(stateName('12-ab')).toEqual({ n: 12, attempt: 'ab' })
    expect(stateName('note.txt')).toBeNull()
  })

  it.each(['', '.hidden', '../up', 'a/b', 'a b', 'ü'])('refuse %j, which is no safe file name', (name) => {
    expect(() => checkName('a task', name)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    expect(() => checkName('a task', 'tickets-0_1.a')).not.toThrow()
  })
})
