import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { commitLog } from './commit-log.ts'

const TASK = 'tickets-0'
let path: string
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'state-'))
  await commitLog(path).begin({ name: 'p', logId: 'x', topics: [], partitions: [], fingerprint: null, remove: {} })
})
afterEach(() => rm(path, { recursive: true, force: true }))

describe('state beside the records', () => {
  const bytes = new TextEncoder().encode('{"big":"état"}')

  it('comes back as it was', async () => {
    await commitLog(path).putState(TASK, '3-a.json', bytes)
    expect(await commitLog(path).getState(TASK, '3-a.json')).toEqual(bytes)
    await commitLog(path).putState(TASK, '4-a.json', new Uint8Array())
    expect(await commitLog(path).getState(TASK, '4-a.json')).toHaveLength(0)
  })

  it('is not mistaken for a record', async () => {
    await commitLog(path).putState(TASK, '3-a.json', bytes)
    expect(await commitLog(path).latest(TASK)).toBe(-1)
  })

  it('missing or damaged stops with what to do', async () => {
    const log = commitLog(path)
    await expect(log.getState(TASK, '3-a.json')).rejects.toMatchObject({ code: 'LOG_DAMAGED', message: expect.stringContaining('is gone') })
    await log.putState(TASK, '3-a.json', bytes)
    const at = join(path, 'x', TASK, 'state', '3-a.json')
    await truncate(at, (await stat(at)).size - 1)
    await expect(log.getState(TASK, '3-a.json')).rejects.toMatchObject({ code: 'LOG_DAMAGED', message: expect.stringContaining('3-a.json') })
    await truncate(at, 10)
    await expect(log.getState(TASK, '3-a.json')).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
  })

  it('sweeps what is below the head and other attempts at it; keeps what is kept, ours, and what is ahead (3.8)', async () => {
    const log = commitLog(path)
    for (const name of ['2-a.json', '3-a.json', '7-b-c.json', '7-a.json', '8-b.json']) await log.putState(TASK, name, bytes)
    await log.sweepState(TASK, { n: 7, attempt: 'a' }, ['3-a.json'])
    expect((await readdir(join(path, 'x', TASK, 'state'))).sort()).toEqual(['3-a.json', '7-a.json', '8-b.json'])
    await log.sweepState('none-0', { n: 7, attempt: 'a' }, [])
  })

  it('refuses names that are paths', async () => {
    await expect(commitLog(path).putState(TASK, '../x', bytes)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await expect(commitLog(path).getState(TASK, '../x')).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})
