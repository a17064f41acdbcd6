import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { authority } from '../../../../test/broker/certificates.ts'
import { API_VERSIONS, fakeBroker, versionsAnswer } from '../../test/fake-broker.ts'
import { spokenAt } from './wrong-port.ts'

const answer = ({ apiKey }: { apiKey: number }) => (apiKey === API_VERSIONS ? versionsAnswer([1], 3) : null)

it('tells a broker without TLS from one with it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickets-port-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const plain = await fakeBroker(answer)
  const secure = await fakeBroker(answer, authority(folder, 'ca').sign('broker'))
  const at = ({ port }: { port: number }) => `127.0.0.1:${port}`
  expect(await spokenAt(at(plain), 'tls')).toBe('plain')
  expect(await spokenAt(at(secure), 'plain')).toBe('tls')
  expect(await spokenAt(at(plain), 'plain')).toBeNull()
  expect(await spokenAt(at(secure), 'tls')).toBeNull()
})

it('is sure of nothing where nothing listens, and where something closes each connection', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await new Promise((done) => server.once('listening', done))
  const address = server.address() as { port: number }
  const at = `127.0.0.1:${address.port}`
  expect([await spokenAt(at, 'tls'), await spokenAt(at, 'plain')]).toEqual([null, null])
  await new Promise((done) => server.close(done))
  expect([await spokenAt(at, 'tls'), await spokenAt(at, 'plain')]).toEqual([null, null])
})
