import { once } from 'node:events'
import { expect, it, vi } from 'vitest'
import { fakeBroker } from '../../test/fake-broker.ts'
import { trackedSockets } from './tracked-sockets.ts'

it('ends all connections at once, and opens none any more when it is ended for good', async () => {
  const broker = await fakeBroker(() => null)
  const { open, drop, destroy } = trackedSockets()
  const connect = () => open({ host: broker.host, port: broker.port, ssl: undefined, onConnect: () => {} }).on('error', () => {})
  const both = [connect(), connect()]
  await Promise.all(both.map((socket) => once(socket, 'connect')))
  drop()
  await vi.waitUntil(() => broker.open() === 0 && both.every(({ destroyed }) => destroyed))
  const third = connect()
  await once(third, 'connect')
  destroy()
  expect(third.destroyed).toBe(true)
  expect(connect).toThrow('the client was ended')
  expect(broker.opened()).toBe(3)
})
