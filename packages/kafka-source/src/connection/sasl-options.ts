import type { Logger } from '@tickets/core'

/** Says how to log in to a broker. */
export type SaslOptions =
  | { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string }
  | { readonly mechanism: 'oauthbearer'; readonly oauthBearerProvider: () => Promise<OAuthToken> }
  | {
      readonly mechanism: 'aws'
      readonly authorizationIdentity: string
      readonly accessKeyId: string
      readonly secretAccessKey: string
      readonly sessionToken?: string
    }
  | SaslMechanism

/** A token of OAuth, with extensions (RFC 7628) where the broker wants some. */
export interface OAuthToken {
  readonly value: string
  readonly extensions?: Readonly<Record<string, string>>
}

/** A mechanism of your own, in the form that kafkajs gives it. */
export interface SaslMechanism {
  readonly mechanism: string
  readonly authenticationProvider: (args: SaslMechanismArgs) => { authenticate(): Promise<void> }
}

/** What a mechanism of your own is given. */
export interface SaslMechanismArgs {
  readonly host: string
  readonly port: number
  readonly logger: MechanismLogger
  /** Sends what `encode` returns, and returns what `parse` makes of the answer. Both have their length in four bytes before them. */
  readonly saslAuthenticate: <R>(message: SaslMessage<R>) => Promise<R | undefined>
}

/** A logger as kafkajs gives it to a mechanism. */
export interface MechanismLogger extends Logger {
  namespace(name: string): MechanismLogger
  setLogLevel(level: number): void
}

/** One message of a login, and how its answer is read. */
export interface SaslMessage<R> {
  readonly request: { readonly encode: () => Buffer | Promise<Buffer> }
  readonly response?: { readonly decode: (answer: Buffer) => Buffer | Promise<Buffer>; readonly parse: (decoded: Buffer) => R }
}
