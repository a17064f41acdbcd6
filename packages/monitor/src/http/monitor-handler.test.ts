import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { runOf } from '../../test/runs.ts'
import { dashboard } from '../dashboard/dashboard.ts'
import { type Monitor, monitor } from '../monitor.ts'
import { monitorHandler } from './monitor-handler.ts'

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function mounted(watched: Monitor = monitor()) {
  watched.watch(runOf())
  const made = createServer(monitorHandler(watched))
  server = made
  await new Promise<void>((done) => made.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`
}

it('serves the pages in a server of the user', async () => {
  const url = await mounted()
  const metrics = await fetch(`${url}/metrics`)
  expect([metrics.status, metrics.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  expect(await metrics.text()).toContain('tickets_up')
  expect(await (await fetch(`${url}/status`)).json()).toMatchObject({ pipelines: [{ name: 'lake' }] })
  const head = await fetch(`${url}/healthz`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '3', ''])
})

it('reads no body, and ends a connection that sends one', async () => {
  const url = await mounted()
  const response = await fetch(`${url}/healthz`, { method: 'POST', body: 'x'.repeat(1000) })
  expect([response.status, response.headers.get('allow'), response.headers.get('connection')]).toEqual([405, 'GET, HEAD', 'close'])
})

it('streams what a dashboard shows, and nothing of a monitor without one', async () => {
  const url = await mounted(dashboard())
  const abort = new AbortController()
  const stream = await fetch(`${url}/dashboard/events`, { signal: abort.signal })
  expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
  abort.abort()
  expect((await fetch(`${url}/dashboard/events`, { method: 'POST' })).status).toBe(404)
  server?.close()
  expect((await fetch(`${await mounted()}/dashboard/events`)).status).toBe(404)
})
