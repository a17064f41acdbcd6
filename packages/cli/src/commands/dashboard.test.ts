import { expect, test, vi } from 'vitest'
import { lakeModule } from '../run/lake.fixture.ts'
import { ticketsCli } from '../tickets.ts'

function start(...argv: string[]) {
  const said = { out: '', err: '' }
  const ended = ticketsCli({
    argv: ['dashboard', ...argv],
    print: (text) => {
      said.out += text
    },
    printError: (text) => {
      said.err += text
    },
  })
  const urlOf = () =>
    vi.waitFor(() => {
      const [url] = /http:\/\/\S+\/dashboard/.exec(said.out) ?? []
      if (url === undefined) throw new Error(`no address: ${said.out}${said.err}`)
      return url.replace(/"$/, '')
    }, 30_000)
  return { said, ended, urlOf }
}

const state = async (page: string) =>
  ((await (await fetch(page.replace('/dashboard', '/status'))).json()) as { pipelines: { state: string }[] }).pipelines[0]?.state

test('the page is there while the pipeline runs, and SIGTERM commits and ends both', async () => {
  const { said, ended, urlOf } = start(await lakeModule('rate: 200'), '--port', '0')
  const page = await urlOf()
  expect((await fetch(page)).headers.get('content-type')).toContain('text/html')
  await vi.waitFor(async () => expect(await state(page)).toBe('running'), 30_000)
  process.emit('SIGTERM')
  expect([await ended, said.err]).toEqual([0, ''])
  expect(said.out).toMatch(/^\S*lake\.mjs is shown at http:\S+\n(.*\n)*stopped: /)
  await expect(fetch(page)).rejects.toThrow()
})

test('with --stay the page stays after the end until a signal', async () => {
  const { said, ended, urlOf } = start(await lakeModule('tickets: 30'), '--port', '0', '--stay', '--json')
  const page = await urlOf()
  await vi.waitFor(() => expect(said.out).toContain('"staying"'), 30_000)
  expect(await state(page)).toBe('done')
  process.emit('SIGINT')
  expect(await ended).toBe(0)
  expect(
    said.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { event: 'serving', url: page },
    { event: 'ended', how: 'done', rows: 30 },
    { event: 'staying', url: page },
  ])
  await expect(fetch(page)).rejects.toThrow()
})

test('a dashboard that the module exports is served with its panels', async () => {
  const own = `export const live = dashboard({ patience: 2 })
  const panels = live.panels
  live.panels = () => [...panels(), { title: 'mine' }]`
  const { ended, urlOf } = start(await lakeModule('tickets: 30', 'lake({ telemetry: live })', own), '--port', '0', '--stay')
  const page = await urlOf()
  const stream = await fetch(`${page}/events`)
  const reader = stream.body?.getReader()
  let text = ''
  while (!text.includes('event: view')) text += new TextDecoder('utf-8', { ignoreBOM: true }).decode((await reader?.read())?.value)
  await reader?.cancel()
  expect(text).toContain('"title":"mine"')
  await vi.waitFor(async () => expect(await state(page)).toBe('done'), 30_000)
  process.emit('SIGTERM')
  expect(await ended).toBe(0)
})

test('a pipeline that fails ends it with one line and 1, and leaves no server', async () => {
  const { said, ended } = start(await lakeModule('tickets: 3', 'lake({ flows: () => { throw new Error("no flows") } })'), '--port', '0', '--stay')
  expect(await ended).toBe(1)
  expect(said.err).toMatch(/^error \w+: .*no flows/)
  const [page = ''] = /http:\/\/\S+/.exec(said.out) ?? []
  expect(page).not.toBe('')
  await expect(fetch(page)).rejects.toThrow()
})
