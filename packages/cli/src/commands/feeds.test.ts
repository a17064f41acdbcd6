import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { feedsCli } from './feeds.ts'

let home = ''
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-feeds-cli-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

const feed = (name: string, state: string) =>
  `{ name: '${name}', state: '${state}', rows: 5, lag: null, restarts: 0, error: null, description: 'tickets to files', nextTry: null }`
async function configuration(state: string): Promise<string> {
  const path = join(home, `${state}.config.mjs`)
  const all = `[${feed('lake', state)}]`
  await writeFile(path, `export default { names: ['lake'], list: () => ${all}, run: async () => ${all} }\n`)
  return path
}
const run = async (...argv: string[]) => {
  let out = ''
  const code = await feedsCli({ argv: [...argv, '--socket', join(home, 'feeds.sock')], print: (text) => (out += text) })
  return { code, out }
}

test('list shows the feeds of the configuration where no process runs them, as a table or as JSON', async () => {
  const config = await configuration('stopped')
  expect((await run('list', '--config', config)).out).toMatch(/^feed +state +rows +lag +restarts\nlake +stopped +5 +0 +tickets to files\n$/)
  expect(JSON.parse((await run('list', '--json', '--config', config)).out)).toMatchObject([{ name: 'lake', state: 'stopped' }])
})

test('start exits with 0 when the feeds are done, and with 1 when one has failed', async () => {
  expect((await run('start', '--config', await configuration('done'))).code).toBe(0)
  expect((await run('start', '--config', await configuration('failed'))).code).toBe(1)
})

test('without a command the help is printed', async () => {
  let out = ''
  expect(await feedsCli({ argv: [], print: (text) => (out += text) })).toBe(0)
  expect(out).toContain('start [name…]')
})

test('what cannot be done is refused', async () => {
  const config = await configuration('stopped')
  await expect(run('lst', '--config', config)).rejects.toThrow('there is no command "lst". Did you mean list?')
  await expect(run('start', 'lak', '--config', config)).rejects.toThrow('there is no feed "lak". Did you mean lake?')
  await expect(run('drain', '--config', config)).rejects.toThrow('no process runs the feeds')
  await expect(run('list', '--config', join(home, 'none.ts'))).rejects.toThrow('there is no file')
  const wrong = join(home, 'wrong.mjs')
  await writeFile(wrong, 'export default {}\n')
  await expect(run('list', '--config', wrong)).rejects.toThrow('does not export feeds({ … }) as its default')
})
