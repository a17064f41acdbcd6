import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { managerOf } from './manager.ts'
import { install, runScript, type Steps, withoutPnp } from './run-steps.ts'

let folder = ''
const stop = new AbortController()
let said = ''
/** A package manager that does what `code` says. */
async function steps(code: string, more: Partial<Steps> = {}): Promise<Steps> {
  const execPath = join(folder, 'npm-cli.mjs')
  await writeFile(execPath, code)
  return { folder, manager: managerOf(undefined), execPath, signal: stop.signal, print: (text) => (said += text), ...more }
}

beforeEach(async () => {
  said = ''
  folder = await mkdtemp(join(tmpdir(), 'run-steps-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a script runs in the project, and prints', async () => {
  await runScript(await steps('console.log(process.argv.slice(2).join(), process.cwd())'), 'start')
  expect(said).toContain(`run,start ${folder}`)
})

test('an install is silent, but for what it says when it fails', async () => {
  await install(await steps("console.log('added 20 packages')"))
  expect(said).toBe('')
  const failing = await steps("console.error('E404 no such package'); process.exitCode = 3")
  await expect(install(failing)).rejects.toThrow(/"npm install .*" in .* ended with exit code 3: the project is complete.*\nE404 no such package$/)
})

test('a package manager that is not there is named, with what to do', async () => {
  const none = await steps('', { execPath: undefined, manager: { ...managerOf('pnpm/12.0.0'), name: 'pnpm-of-nobody' as 'pnpm' } })
  await expect(install(none)).rejects.toThrow(/pnpm-of-nobody cannot be started .*install it, then run "pnpm-of-nobody install" in/)
})

test('the path of another package manager is not used', async () => {
  const other = await steps('process.exitCode = 9', { manager: { ...managerOf('yarn/4.0.0'), name: 'yarn-of-nobody' as 'yarn' } })
  await expect(install(other)).rejects.toThrow('yarn-of-nobody cannot be started')
})

test('Ctrl-C ends what runs, and says how to continue', async () => {
  const waiting = await steps('setInterval(() => {}, 1000)', { signal: AbortSignal.timeout(300) })
  await expect(runScript(waiting, 'start')).rejects.toMatchObject({
    exitCode: 130,
    message: expect.stringContaining('"npm run start" in it continues'),
  })
})

test('the packages of yarn dlx are not those of the project', () => {
  const options = '--require /tmp/xfs-1/dlx-2/.pnp.cjs --experimental-loader file:///tmp/xfs-1/dlx-2/.pnp.loader.mjs --max-old-space-size=512'
  expect(withoutPnp(options)).toBe('--max-old-space-size=512')
  expect(withoutPnp(undefined)).toBe('')
})
