import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commitLog } from './commit-log.ts'
import { holdersOf, noteHolder } from './holders.ts'

const record = { name: 'lake', logId: 'log1', topics: [], partitions: [], fingerprint: {}, remove: {} }

async function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'holders-'))
}

test('a process that has begun a log holds it, under each name of its folder', async () => {
  const dir = await folder()
  expect(holdersOf(dir)).toEqual([])
  await commitLog(join(dir, 'log')).begin(record)
  expect(holdersOf(join(dir, 'log'))).toEqual([{ pid: process.pid, since: expect.any(Date) }])
  await symlink(join(dir, 'log'), join(dir, 'alias'))
  expect(holdersOf(join(dir, 'alias'))).toHaveLength(1)
  expect(holdersOf(join(dir, 'other'))).toEqual([])
  await rm(dir, { recursive: true })
})

test('reading a log does not hold it', async () => {
  const dir = await folder()
  expect(await commitLog(dir).pipeline()).toBeNull()
  expect(holdersOf(dir)).toEqual([])
  await rm(dir, { recursive: true })
})

/** Starts a process that holds a log, and returns it once it does. */
async function holder(dir: string, env: NodeJS.ProcessEnv = process.env): Promise<{ pid: number | undefined; kill: () => Promise<void> }> {
  const code = `import { noteHolder } from ${JSON.stringify(new URL('./holders.ts', import.meta.url).href)}
noteHolder(${JSON.stringify(dir)})
console.log('noted')
setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'], env })
  const exited = once(child, 'exit')
  await once(child.stdout, 'data')
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  return { pid: child.pid, kill }
}

test('a process that was killed holds nothing, and its note goes when another one begins a log', async () => {
  const dir = await folder()
  const notes = async (pid: number | undefined) =>
    (await readdir(join(tmpdir(), `tickets-logs-${userInfo().uid}`))).filter((name) => name.endsWith(`-${pid}`)).length
  const first = await holder(dir)
  const held = holdersOf(dir)
  await first.kill()
  expect(held).toMatchObject([{ pid: first.pid }])
  expect(holdersOf(dir)).toEqual([])
  const second = await holder(join(dir, 'other'))
  const left = await notes(first.pid)
  await second.kill()
  expect(left).toBe(0)
  await rm(dir, { recursive: true })
})

test('a process notes its log also where the note of a killed one cannot be removed', async () => {
  const dir = await folder()
  // A folder cannot be unlinked, as little as a file that another process has just removed.
  const notes = join(dir, `tickets-logs-${userInfo().uid}`)
  await mkdir(join(notes, 'log-999999999'), { recursive: true })
  const first = await holder(dir, { ...process.env, TMPDIR: dir })
  const noted = await readdir(notes)
  await first.kill()
  expect(noted.filter((name) => name.endsWith(`-${first.pid}`))).toHaveLength(1)
  await rm(dir, { recursive: true })
})

test('noting a log twice notes it once', async () => {
  const dir = await folder()
  noteHolder(dir)
  noteHolder(dir)
  expect(holdersOf(dir)).toHaveLength(1)
  await rm(dir, { recursive: true })
})
