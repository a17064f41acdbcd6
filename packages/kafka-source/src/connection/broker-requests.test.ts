import { expect, it, onTestFinished, vi } from 'vitest'
import { API_VERSIONS, fakeBroker, versionsAnswer } from '../../test/fake-broker.ts'
import { brokerRequests } from './broker-requests.ts'
import { openSocket } from './socket.ts'

it('finds brokers by their number, where they are now', async () => {
  const open = () => fakeBroker(({ apiKey, body }) => (apiKey === API_VERSIONS ? versionsAnswer([77]) : body))
  const [one, two] = [await open(), await open()]
  let home = one
  const requests = brokerRequests({ requestTimeout: 60_000, open: openSocket, logger: undefined }, (id) => (id === '7' ? home : undefined))
  onTestFinished(requests.close)
  const echo = { apiKey: 77, apiVersion: 0, apiName: 'Echo', body: Buffer.from('x') }
  expect([String(await requests.send('7', echo)), await requests.maxVersion('7', 77)]).toEqual(['x', 1])
  home = two
  await requests.send('7', echo)
  expect([one.seen.length, two.seen.length]).toEqual([2, 2])
  await expect(requests.send('8', echo)).rejects.toMatchObject({ name: 'BrokerNotFoundError', retriable: true })
  requests.close()
  await vi.waitUntil(() => one.open() + two.open() === 0)
})
