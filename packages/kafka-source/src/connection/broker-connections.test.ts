import { expect, it, onTestFinished, vi } from 'vitest'
import { API_VERSIONS, type Frame, fakeBroker, versionsAnswer } from '../../test/fake-broker.ts'
import { BrokerConnections } from './broker-connections.ts'
import { openSocket } from './socket.ts'

const ECHO = { apiKey: 77, apiVersion: 0, apiName: 'Echo', body: Buffer.from('x') }

async function setUp(answer: (frame: Frame) => Buffer | null = ({ body }) => body) {
  const broker = await fakeBroker((frame) => (frame.apiKey === API_VERSIONS ? versionsAnswer([77]) : answer(frame)))
  const connections = new BrokerConnections({ requestTimeout: 60_000, open: openSocket, logger: undefined })
  onTestFinished(() => connections.close())
  return { broker, connections }
}

it('opens one connection to a broker, also for requests that are sent together', async () => {
  const { broker, connections } = await setUp()
  const sent = await Promise.all([1, 2, 3].map(() => connections.send(broker, ECHO)))
  expect(sent.map(String)).toEqual(['x', 'x', 'x'])
  expect([await connections.maxVersion(broker, 77), await connections.maxVersion(broker, 78), broker.opened()]).toEqual([1, -1, 1])
  const other = await setUp()
  await connections.send(other.broker, ECHO)
  expect([broker.opened(), other.broker.opened()]).toEqual([1, 1])
})

it('replaces a connection that broke, once for all that need it', async () => {
  let hangUp = false
  const broker = await fakeBroker((frame, socket) => {
    if (frame.apiKey === API_VERSIONS) return versionsAnswer([77])
    if (hangUp) socket.destroy()
    return frame.body
  })
  const connections = new BrokerConnections({ requestTimeout: 60_000, open: openSocket, logger: undefined })
  onTestFinished(() => connections.close())
  await connections.send(broker, ECHO)
  hangUp = true
  await expect(connections.send(broker, ECHO)).rejects.toMatchObject({ name: 'ConnectionClosedError' })
  hangUp = false
  await Promise.all([1, 2, 3].map(() => connections.send(broker, ECHO)))
  expect(broker.opened()).toBe(2)
})

it('waits longer each time before it tries a broker again that it cannot reach, and at once after it did', async () => {
  const { broker, connections } = await setUp()
  await broker.close()
  const pauses: number[] = []
  for (let n = 0; n < 4; n++) {
    const began = performance.now()
    await expect(connections.send(broker, ECHO)).rejects.toMatchObject({ name: 'ConnectionError' })
    pauses.push(performance.now() - began)
  }
  expect(pauses[1]).toBeGreaterThanOrEqual(45)
  expect(pauses[2]).toBeGreaterThanOrEqual(95)
  expect(pauses[3]).toBeGreaterThanOrEqual(195)
})

it('ends all at once when it is closed, and opens nothing after that', async () => {
  const { broker, connections } = await setUp(() => null)
  const lost = connections.send(broker, ECHO)
  await vi.waitUntil(() => broker.seen.some(({ apiKey }) => apiKey === 77))
  connections.close()
  await expect(lost).rejects.toMatchObject({ name: 'ConnectionClosedError' })
  await expect(connections.send(broker, ECHO)).rejects.toMatchObject({ name: 'ConnectionClosedError' })
  await vi.waitUntil(() => broker.open() === 0)
  expect(broker.opened()).toBe(1)
})
