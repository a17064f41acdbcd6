/** Says what is wrong with a connection to a broker, or with a login. `name` is what `kafkaError` tells faults apart by. */
export class ConnectionFault extends Error {
  override readonly name: `${'Connection' | 'ConnectionClosed' | 'RequestTimeout' | 'BrokerNotFound' | 'SASLAuthentication' | 'Protocol'}Error`
  readonly broker?: string
  readonly type?: string
  readonly retriable: boolean

  constructor(name: ConnectionFault['name'], message: string, more: { broker?: string; type?: string; cause?: unknown; retriable?: boolean } = {}) {
    super(message, more.cause === undefined ? {} : { cause: more.cause })
    this.name = name
    this.retriable = more.retriable ?? /^(Connection|ConnectionClosed|RequestTimeout|BrokerNotFound)Error$/.test(name)
    if (more.broker !== undefined) this.broker = more.broker
    if (more.type !== undefined) this.type = more.type
  }
}
