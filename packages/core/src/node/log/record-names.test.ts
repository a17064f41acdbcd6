import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FileLayer, nodeFiles } from '../files/file-layer.ts'
import { commitLog } from './commit-log.ts'
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

const TASK = 'tickets-0'
const pipeline = { name: 'p', logId: 'x', topics: [], partitions: [], fingerprint: null, remove: {} }
let path: string
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'record-names-'))
  await commitLog(path).begin(pipeline)
})
afterEach(() => rm(path, { recursive: true, force: true }))

const failing = (code: string) => Promise.reject(Object.assign(new Error(`${code}: made up`), { code }))
const task = () => join(path, 'x', TASK)

it('a crash while pruning leaves no hole, in whatever order the folder lists its names', async () => {
  const log = commitLog(path)
  for (let n = 0; n < 8; n++) await log.append(TASK, { n, attempt: 'a', files: {}, body: null })
  for (let left = 0; left < 6; left++) {
    let calls = left
    const files: FileLayer = {
      ...nodeFiles,
      readFolder: async (at) => [...(await nodeFiles.readFolder(at))].sort().reverse(),
      unlink: (at) => (calls-- > 0 ? nodeFiles.unlink(at) : failing('EIO')),
    }
    await commitLog(path, { files })
      .prune(TASK, 6)
      .catch(() => {})
    const numbers = (await readdir(task())).map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b)
    expect(numbers).toEqual(numbers.map((_, i) => 8 - numbers.length + i))
    expect(numbers).toContain(6)
  }
})
