import { expect, it } from 'vitest'
import { ConnectionFault } from './fault.ts'

it('passes where the connection is at fault, and stays where the login is', () => {
  const retriable = (name: ConnectionFault['name']) => new ConnectionFault(name, 'x').retriable
  expect((['ConnectionError', 'ConnectionClosedError', 'RequestTimeoutError', 'BrokerNotFoundError'] as const).map(retriable)).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect((['SASLAuthenticationError', 'ProtocolError'] as const).map(retriable)).toEqual([false, false])
})

it('tells the broker, the type and the cause where they are known', () => {
  const cause = new Error('below')
  expect(new ConnectionFault('ProtocolError', 'x', { broker: 'b:1', type: 'T', cause })).toMatchObject({
    broker: 'b:1',
    type: 'T',
    cause,
    message: 'x',
  })
})
