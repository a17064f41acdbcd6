import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { afterEach, expect, it, vi } from 'vitest'
import { openSocket } from './socket.ts'

const tls = vi.hoisted(() => ({ asked: [] as object[] }))
vi.mock('node:tls', async (original) => {
  const real = await original<typeof import('node:tls')>()
  return {
    ...real,
    connect: (options: object, onConnect: () => void) => {
      tls.asked.push(options)
      return real.connect(options as never, onConnect)
    },
  }
})

const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
const open = (host: string, ssl: ConnectionOptions | undefined, onConnect = () => {}) =>
  openSocket({ host, port, ssl: ssl as ConnectionOptions, onConnect }).on('error', () => {})

afterEach(() => {
  tls.asked.length = 0
})

it('tells once that a plain connection is there', async () => {
  const connected = vi.fn()
  const socket = open('127.0.0.1', undefined, connected)
  await once(socket, 'connect')
  expect(connected).toHaveBeenCalledOnce()
  expect(tls.asked).toEqual([])
  socket.destroy()
})

it('asks for the certificate of a named broker, and of no name where an address is given, which TLS does not allow', () => {
  for (const host of ['localhost', '127.0.0.1', '::1']) open(host, { ca: 'own' }).destroy()
  const [named, ...addressed] = tls.asked
  expect(named).toMatchObject({ host: 'localhost', servername: 'localhost', ca: 'own' })
  for (const options of addressed) expect(options).not.toHaveProperty('servername')
})

it('keeps the name that the options give', () => {
  open('localhost', { servername: 'broker.example' }).destroy()
  expect(tls.asked).toMatchObject([{ servername: 'broker.example' }])
})

it('can be released again and again once it is closed, which adds no listener', async () => {
  const socket = open('127.0.0.1', undefined)
  socket.destroy()
  const before = socket.eventNames().map((name) => socket.listenerCount(name))
  for (let i = 0; i < 20; i++) expect(socket.unref()).toBe(socket)
  expect(socket.eventNames().map((name) => socket.listenerCount(name))).toEqual(before)
})
