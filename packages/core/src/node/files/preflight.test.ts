import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type FileLayer, nodeFiles } from './file-layer.ts'
import { type PreflightStep, preflight } from './preflight.ts'

async function run(broken?: keyof FileLayer, code = 'EIO') {
  const folder = await mkdtemp(join(tmpdir(), 'tickets-preflight-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const calls: string[] = []
  const files = new Proxy(nodeFiles, {
    get:
      (layer, name: keyof FileLayer) =>
      async (...args: never[]) => {
        calls.push(name)
        if (name === broken) throw Object.assign(new Error(code), { code })
        return (layer[name] as (...all: never[]) => unknown)(...args)
      },
  })
  const [written, linked, renamed] = ['a', 'b', 'c'].map((name) => join(folder, name)) as [string, string, string]
  let failure: { step: PreflightStep; cannotLink: boolean } | null = null
  const done = preflight(
    files,
    { written, linked, renamed },
    {
      sync: () => files.syncFolder(folder),
      failed: (error, step, cannotLink) => {
        failure = { step, cannotLink }
        return error
      },
    },
  )
  const error = await done.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return { calls, failure, error, left: await readdir(folder) }
}

test('does all that a commit does, in its order, and leaves nothing', async () => {
  const { calls, left, error } = await run()
  expect(error).toBe(null)
  expect(calls.slice(0, 4)).toEqual(['writeFile', 'link', 'rename', 'syncFolder'])
  expect(left).toEqual([])
})

test.each([
  ['writeFile', 'write'],
  ['link', 'link'],
  ['rename', 'rename'],
  ['syncFolder', 'sync'],
] as const)('names the step at which %s fails, and leaves nothing', async (method, step) => {
  const { failure, error, left } = await run(method)
  expect(failure).toEqual({ step, cannotLink: false })
  expect(error).toMatchObject({ code: 'EIO' })
  expect(left).toEqual([])
})

test('tells a file system without hard links from a fault', async () => {
  expect((await run('link', 'EPERM')).failure).toEqual({ step: 'link', cannotLink: true })
  expect((await run('rename', 'EPERM')).failure).toEqual({ step: 'rename', cannotLink: false })
})
