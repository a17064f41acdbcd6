import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { startThread, threadOptions, threadUrl } from './thread.ts'

const { execArgv } = process
afterEach(() => {
  process.execArgv = execArgv
})

/** A thread whose file says how it was started. */
async function sayingFile(): Promise<string> {
  // Characters that a URL writes differently.
  const folder = await mkdtemp(join(tmpdir(), 'thread #é '))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'thread.mjs')
  await writeFile(file, "import { parentPort } from 'node:worker_threads'\nparentPort.postMessage(process.execArgv)")
  return file
}
const said = async (url: string): Promise<unknown> => {
  const worker = startThread(url, 'tickets-test')
  return once(worker, 'message').then(
    ([message]) => message,
    (error) => error,
  )
}

test('starts a thread of a file, given as a path or as a URL', async () => {
  const file = await sayingFile()
  expect(await said(file)).toBeInstanceOf(Array)
  expect(await said(pathToFileURL(file).href)).toBeInstanceOf(Array)
})

test('the error of a file that is not there names it', async () => {
  expect(String(await said(join(tmpdir(), 'no-such-thread.mjs')))).toContain('no-such-thread.mjs')
})

test('a thread takes the flags of the process, but for the one that belongs to `-e` alone', async () => {
  const file = await sayingFile()
  process.execArgv = ['--no-warnings']
  expect(threadOptions('name')).toEqual({ name: 'name', resourceLimits: { maxYoungGenerationSizeMb: 8 } })
  expect(await said(file)).not.toEqual([])
  for (const flags of [['--input-type=module'], ['--input-type', 'module']]) {
    process.execArgv = flags
    expect(threadOptions('name')).toMatchObject({ name: 'name', execArgv: [] })
    expect(await said(file)).toEqual([])
  }
})

test('one place has one name, whether it is given as a path, a relative path or a URL', async () => {
  const file = await sayingFile()
  expect(threadUrl(undefined)).toBeUndefined()
  expect(threadUrl(file)).toBe(file)
  expect(threadUrl(relative(process.cwd(), file))).toBe(file)
  const url = pathToFileURL(file)
  expect([threadUrl(url), threadUrl(url.href)]).toEqual([url.href, url.href])
  for (const given of [file, url]) expect(await said(threadUrl(given) as string)).toBeInstanceOf(Array)
})
