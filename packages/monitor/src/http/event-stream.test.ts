import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { memorySink } from '@tickets/core/testing'
import { afterEach, expect, it, vi } from 'vitest'
import { runOf } from '../../test/runs.ts'
import { at, byType } from '../../test/windows.ts'
import { dashboard } from '../dashboard/dashboard.ts'
import { monitorHandler } from './monitor-handler.ts'

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function served() {
  const live = dashboard()
  live.watch(runOf({ logId: at.logId }))
  const made = createServer(monitorHandler(live))
  server = made
  await new Promise<void>((done) => made.listen(0, '127.0.0.1', done))
  return { live, port: (made.address() as AddressInfo).port }
}

/** The next events of a stream. */
async function* eventsOf(response: Response): AsyncGenerator<{ readonly event: string; readonly data: unknown }> {
  let text = ''
  for await (const bytes of response.body ?? []) {
    text += new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    const whole = text.split('\n\n')
    text = whole.pop() ?? ''
    for (const one of whole) {
      const [, event = '', data = 'null'] = /^event: (.*)\ndata: (.*)$/.exec(one) ?? []
      if (event !== '') yield { event, data: JSON.parse(data) }
    }
  }
}

const open = async (port: number, headers: Record<string, string> = {}) => {
  const abort = new AbortController()
  const response = await fetch(`http://127.0.0.1:${port}/dashboard/events`, { headers, signal: abort.signal })
  const events = eventsOf(response)
  return { response, next: async () => (await events.next()).value, close: () => abort.abort() }
}

it('sends the panels and a view at once, and a view each second', async () => {
  const { port } = await served()
  const { response, next, close } = await open(port)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await next()).toEqual({ event: 'panels', data: [] })
  expect(await next()).toMatchObject({ event: 'view', data: { pipelines: [{ name: 'lake' }] } })
  expect(await next()).toMatchObject({ event: 'view' })
  close()
})

it('sends panels again when they have changed', async () => {
  const { live, port } = await served()
  const { next, close } = await open(port)
  await next()
  await next()
  await live.panel(memorySink(), { title: 'Types', value: 'tickets', by: 'type' }).open(at, byType)
  let found = await next()
  while (found?.event !== 'panels') found = await next()
  expect(found.data).toMatchObject([{ title: 'Types' }])
  close()
})

it('refuses a ninth page, and takes one when another is closed', async () => {
  const { port } = await served()
  const eight = await Promise.all(Array.from({ length: 8 }, () => open(port)))
  const { response } = await open(port)
  expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([503, '10', '8 pages are open already\n'])
  eight[0]?.close()
  await vi.waitFor(async () => {
    const again = await open(port)
    again.close()
    expect(again.response.status).toBe(200)
  })
  for (const one of eight) one.close()
})

it('refuses pages of other sites', async () => {
  const { port } = await served()
  expect((await open(port, { 'sec-fetch-site': 'cross-site' })).response.status).toBe(403)
})

it('makes no view while nobody looks', async () => {
  const { live, port } = await served()
  const view = vi.spyOn(live, 'view')
  const { next, close } = await open(port)
  await next()
  close()
  await new Promise((done) => setTimeout(done, 100))
  const before = view.mock.calls.length
  await new Promise((done) => setTimeout(done, 2_200))
  expect(view.mock.calls.length).toBe(before)
})

it('makes no further view for a page that does not read', async () => {
  const { live, port } = await served()
  const large = { ...live.view(), ...{ filler: 'x'.repeat(8_000_000) } }
  const view = vi.spyOn(live, 'view').mockReturnValue(large)
  const socket = connect(port, '127.0.0.1')
  socket.pause()
  socket.write('GET /dashboard/events HTTP/1.1\r\nHost: x\r\n\r\n')
  await new Promise((done) => setTimeout(done, 3_500))
  expect(view).toHaveBeenCalledTimes(1)
  socket.resume()
  await vi.waitFor(() => expect(view.mock.calls.length).toBeGreaterThan(1), { timeout: 10_000 })
  socket.destroy()
})
