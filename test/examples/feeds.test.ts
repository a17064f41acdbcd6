import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { feedsCli } from '@tickets/cli'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { example } from './run.ts'

let home = ''
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-feeds-'))
  const source = pathToFileURL(join(import.meta.dirname, 'feeds.fixture.ts')).href
  await writeFile(join(home, 'feeds.config.ts'), `export { fixture as default } from ${JSON.stringify(source)}\n`)
})
afterAll(() => rm(home, { recursive: true, force: true }))

test('feeds are started in one process, and listed, paused, resumed and drained from another', async () => {
  const config = join(home, 'feeds.config.ts')
  const socket = join(home, 'control.sock')
  const said: string[] = []
  const ask = async (...words: string[]) => {
    let text = ''
    const code = await feedsCli({ argv: [...words, '--config', config, '--socket', socket, '--json'], print: (more) => (text += more) })
    return { code, states: Object.fromEntries((JSON.parse(text) as { name: string; state: string }[]).map(({ name, state }) => [name, state])) }
  }
  const reached = async (name: string, state: string) => {
    while ((await ask('list')).states[name] !== state) await new Promise((done) => setTimeout(done, 5))
  }
  expect((await ask('list')).states).toEqual({ steady: 'stopped', broken: 'stopped' })
  await expect(ask('pause', 'steady')).rejects.toThrow('no process runs the feeds')
  const started = feedsCli({ argv: ['start', '--config', config, '--socket', socket], print: (text) => said.push(text) })
  await reached('broken', 'failed')
  await reached('steady', 'running')
  await expect(ask('start')).rejects.toThrow('run already in another process')
  expect((await ask('pause', 'steady')).states).toEqual({ steady: 'paused', broken: 'failed' })
  await expect(ask('pause', 'stedy')).rejects.toThrow('Did you mean steady?')
  await expect(ask('pause')).rejects.toThrow('needs the name of a feed')
  await expect(ask('puase', 'steady')).rejects.toThrow('Did you mean pause?')
  expect((await ask('resume', 'steady')).states.steady).toBe('running')
  await ask('drain')
  expect(await started).toBe(1)
  expect(said.join('')).toMatch(/steady +drained/)
  expect(said.join('')).toMatch(/broken +failed .*PIPELINE_CHANGED: another/)
  expect((await ask('list')).states.steady).toBe('drained')
})

test('the command line says what is wrong in one line, and helps', async () => {
  const cli = (...args: string[]) => example('feeds/feeds', args)
  expect(await cli('lst')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error OPTION_INVALID: there is no command "lst"\. Did you mean list\?\n$/),
  })
  expect(await cli('list', '--conf', 'x')).toMatchObject({ code: 1, stderr: expect.stringContaining('Did you mean --config?') })
  expect(await cli('list', '--config', join(home, 'none.ts'))).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no file') })
  expect(await cli('--help')).toMatchObject({ code: 0, stdout: expect.stringMatching(/pause\|resume <name…>[\s\S]*--config <file>/) })
  const { stdout, code } = await cli('list')
  expect(code).toBe(0)
  expect(stdout).toMatch(/lake +stopped[\s\S]*warehouse +stopped/)
}, 120_000)
