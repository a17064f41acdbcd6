import { connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { runOf } from '../../test/runs.ts'
import { monitor } from '../monitor.ts'
import { type MonitorServer, serveMonitor } from './serve-monitor.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function served(): Promise<MonitorServer> {
  const watched = monitor()
  watched.watch(runOf())
  const server = await serveMonitor(watched, { port: 0 })
  open.push(server)
  return server
}

/** A connection, and what it has got. */
async function raw({ url }: MonitorServer): Promise<{ readonly socket: Socket; readonly ended: Promise<string> }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  open.push({ close: () => socket.destroy() })
  let got = ''
  socket.on('data', (bytes) => {
    got += bytes
  })
  const ended = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(got))
    socket.once('error', () => {})
  })
  await new Promise((done) => socket.once('connect', done))
  return { socket, ended }
}

it('listens on the loopback address alone, unless it is given another host', async () => {
  const { url } = await served()
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(await (await fetch(`${url}/healthz`)).text()).toBe('ok\n')
})

it('rejects where the port is taken', async () => {
  const { url } = await served()
  await expect(serveMonitor(monitor(), { port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

it('refuses headers that are too large', async () => {
  const { url } = await served()
  const response = await fetch(`${url}/healthz`, { headers: { 'x-large': 'x'.repeat(9_000) } })
  expect(response.status).toBe(431)
})

it('gives up a client that does not finish its headers', async () => {
  const { socket, ended } = await raw(await served())
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n')
  const began = Date.now()
  expect(await ended).toMatch(/^HTTP\/1\.1 408 /)
  expect(Date.now() - began).toBeGreaterThanOrEqual(4_500)
})

it('closes further connections at once', async () => {
  const server = await served()
  await Promise.all(Array.from({ length: 64 }, () => raw(server)))
  const { ended } = await raw(server)
  expect(await ended).toBe('')
})

it('ends with all connections', async () => {
  const server = await served()
  const { ended } = await raw(server)
  await server.close()
  expect(await ended).toBe('')
  await expect(fetch(server.url)).rejects.toThrow()
})
