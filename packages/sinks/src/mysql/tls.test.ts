import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { streamTo, tlsOf } from './tls.ts'

test('a certificate is compared with the host unless the user says otherwise', () => {
  expect(tlsOf({ ca: 'x' })).toEqual({ ssl: { verifyIdentity: true, ca: 'x' } })
  expect(tlsOf({ verifyIdentity: false })).toEqual({ ssl: { verifyIdentity: false } })
  expect(tlsOf(undefined)).toEqual({})
})

test('an option that mysql2 would leave out is refused', () => {
  expect(() => tlsOf({ ca: 'x', crl: 'x', pfx: 'x' })).toThrowError(/ssl takes ca, cert, .* and not crl, pfx/)
})

test('only an address with TLS needs a connection of ours', async () => {
  expect([streamTo({ host: 'db.example', ssl: {} }), streamTo({ host: '127.0.0.1' })]).toEqual([{}, {}])
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const socket = streamTo({ host: '127.0.0.1', port, ssl: {} }).stream?.()
  await once(socket as never, 'connect')
  expect(socket).toMatchObject({ remoteAddress: '127.0.0.1', remotePort: port })
  socket?.destroy()
  server.close()
})
