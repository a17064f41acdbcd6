import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memorySink } from '@tickets/core/testing'
import { Hono } from 'hono'
import { afterEach, expect, it, vi } from 'vitest'
import { runOf } from '../../test/runs.ts'
import { at, byType } from '../../test/windows.ts'
import { dashboard } from '../dashboard/dashboard.ts'
import { type Monitor, monitor } from '../monitor.ts'
import { monitorFetch } from './monitor-fetch.ts'
import { monitorHandler } from './monitor-handler.ts'

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const watching = <M extends Monitor>(made: M): M => {
  made.watch(runOf({ logId: at.logId }))
  return made
}
const ask = (path: string, options?: RequestInit) => new Request(`http://ops.example${path}`, options)

/** Reads the stream of a response event by event, by name. */
function reading(response: Response) {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  let text = ''
  return {
    async next(): Promise<string> {
      for (;;) {
        const whole = /^(?:retry: \d+\n\n)?event: (\w+)\ndata: .*?\n\n/.exec(text)
        if (whole) {
          text = text.slice(whole[0].length)
          return whole[1] ?? ''
        }
        const { value, done } = await reader.read()
        if (done) return 'end'
        text += new TextDecoder('utf-8', { ignoreBOM: true }).decode(value)
      }
    },
    cancel: () => reader.cancel(),
  }
}

it.each([
  ['a monitor', () => watching(monitor())],
  ['a dashboard', () => watching(dashboard())],
])('answers as the handler of Node does, for %s', async (_, make) => {
  const watched = make()
  const handle = monitorFetch(watched)
  const made = createServer(monitorHandler(watched))
  server = made
  await new Promise<void>((done) => made.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(made.address() as AddressInfo).port}`
  const plain = async (response: Response) => {
    const { date: _date, connection: _connection, 'keep-alive': _alive, ...headers } = Object.fromEntries(response.headers)
    // Rates and times change.
    return { status: response.status, headers, body: (await response.text()).replaceAll(/\d+(\.\d+)?/g, '0') }
  }
  for (const path of ['/', '/healthz', '/readyz', '/metrics', '/status', '/status?pretty', '/dashboard', '/dashboard/events/more', '/none', '//']) {
    for (const method of ['GET', 'HEAD', 'POST']) {
      const byNode = await plain(await fetch(url + path, { method, redirect: 'manual' }))
      expect(await plain(await handle(ask(path, { method }))), `${method} ${path}`).toEqual(byNode)
    }
  }
})

it('streams panels and views, and panels again when they change', async () => {
  const live = watching(dashboard())
  const response = await monitorFetch(live)(ask('/dashboard/events'))
  expect(Object.fromEntries(response.headers)).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
  const { next, cancel } = reading(response)
  expect([await next(), await next(), await next()]).toEqual(['panels', 'view', 'view'])
  await live.panel(memorySink(), { title: 'Types', value: 'tickets', by: 'type' }).open(at, byType)
  let found = await next()
  while (found === 'view') found = await next()
  expect(found).toBe('panels')
  await cancel()
})

it('makes no view when the client has cancelled, or its request was aborted', async () => {
  const live = watching(dashboard())
  const view = vi.spyOn(live, 'view')
  const handle = monitorFetch(live)
  const abort = new AbortController()
  const cancelled = reading(await handle(ask('/dashboard/events')))
  const aborted = reading(await handle(ask('/dashboard/events', { signal: abort.signal })))
  for (const one of [cancelled, aborted]) expect([await one.next(), await one.next()]).toEqual(['panels', 'view'])
  await cancelled.cancel()
  abort.abort()
  expect(await aborted.next()).toBe('end')
  expect(await reading(await handle(ask('/dashboard/events', { signal: AbortSignal.abort() }))).next()).toBe('panels')
  const before = view.mock.calls.length
  await new Promise((done) => setTimeout(done, 1_500))
  expect(view.mock.calls.length).toBe(before)
})

it('refuses a ninth page until another is closed, and pages of other sites', async () => {
  const handle = monitorFetch(watching(dashboard()))
  const eight = await Promise.all(Array.from({ length: 8 }, async () => reading(await handle(ask('/dashboard/events')))))
  const ninth = await handle(ask('/dashboard/events'))
  expect([ninth.status, ninth.headers.get('retry-after'), await ninth.text()]).toEqual([503, '10', '8 pages are open already\n'])
  await eight[0]?.cancel()
  const again = await handle(ask('/dashboard/events'))
  expect(again.status).toBe(200)
  for (const one of [...eight.slice(1), reading(again)]) await one.cancel()
  expect((await handle(ask('/dashboard/events', { headers: { 'sec-fetch-site': 'cross-site' } }))).status).toBe(403)
})

it('makes no further view for a page that does not read', async () => {
  const live = watching(dashboard())
  const large = { ...live.view(), ...{ filler: 'x'.repeat(100_000) } }
  const view = vi.spyOn(live, 'view').mockReturnValue(large)
  const { next, cancel } = reading(await monitorFetch(live)(ask('/dashboard/events')))
  await new Promise((done) => setTimeout(done, 2_500))
  expect(view).toHaveBeenCalledTimes(1)
  for (const event of ['panels', 'view', 'view']) expect(await next()).toBe(event)
  expect(view.mock.calls.length).toBeGreaterThan(1)
  await cancel()
})

it('is mounted by Hono below a path', async () => {
  const app = new Hono().mount('/ops', monitorFetch(watching(dashboard())))
  expect(await (await app.request('/ops/healthz')).text()).toBe('ok\n')
  expect(await (await app.request('/ops/metrics')).text()).toContain('tickets_up')
  expect((await app.request('/ops/dashboard')).headers.get('content-security-policy')).toContain("default-src 'none'")
  const { next, cancel } = reading(await app.request('/ops/dashboard/events'))
  expect(await next()).toBe('panels')
  await cancel()
  expect((await app.request('/healthz')).status).toBe(404)
})

it('finds its pages below a path that is left in the address', async () => {
  const handle = monitorFetch(watching(dashboard()), { below: '/ops' })
  for (const path of ['/ops', '/ops/']) {
    const found = await handle(ask(path))
    expect([found.status, found.headers.get('location')]).toEqual([307, '/ops/dashboard'])
  }
  const statusOf = async (path: string) => (await handle(ask(path))).status
  expect([await statusOf('/ops/healthz'), await statusOf('/healthz'), await statusOf('/opsy/healthz'), await statusOf('/other')]).toEqual([
    200, 404, 404, 404,
  ])
  for (const below of ['ops', '/ops/', '/'])
    expect(() => monitorFetch(monitor(), { below })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
