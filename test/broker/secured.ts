import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Broker } from './broker.ts'
import { authority, type Certificate } from './certificates.ts'
import { freePorts, javaBroker } from './java.ts'
import { audience, issuer, tokenSigner } from './tokens.ts'

/** The listeners of a secured broker: one to each kind of login, and those whose certificate is wrong. */
export const listeners = ['mtls', 'sasl', 'tls', 'expired', 'untrusted', 'otherhost'] as const
export type Listener = (typeof listeners)[number]

/** The user that all logins are for. */
export const user = { username: 'pipeline', password: 'canary-password-5d1f' } as const

/** A broker with TLS, logins and ACLs. */
export interface SecuredBroker {
  /** Its listener without TLS, whose clients may do anything. */
  readonly admin: string[]
  at(listener: Listener): string[]
  readonly ca: Buffer
  /** Certificates for `User:pipeline`. */
  readonly clients: Readonly<Record<'valid' | 'expired' | 'untrusted', Certificate>>
  /** Returns a certificate for another user. */
  clientOf(name: string): Certificate
  /** Returns a signed token that is valid for so many seconds. */
  token(seconds: number, claims?: object): string
  readonly stop: Broker['stop']
}

const jaas = (name: string, options = '') => `org.apache.kafka.common.security.${name} required${options};`

/** Starts Kafka with a listener for each kind of login, certificates of a CA of its own, and ACLs that allow nothing. */
export async function securedBroker(): Promise<SecuredBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'tickets-secured-'))
  const [own, other] = [authority(folder, 'own'), authority(folder, 'other')]
  const signer = tokenSigner()
  const here = 'IP:127.0.0.1'
  const servers: Record<Listener, Certificate> = {
    mtls: own.sign('broker', { san: here }),
    sasl: own.sign('broker', { san: here }),
    tls: own.sign('broker', { san: here }),
    expired: own.sign('broker', { san: here, expired: true }),
    untrusted: other.sign('broker', { san: here }),
    otherhost: own.sign('broker', { san: 'DNS:other.test' }),
  }
  const jwks = join(folder, 'jwks.json')
  await writeFile(jwks, signer.jwks)
  const properties: Record<string, string | number> = {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': own.certFile,
    'listener.name.mtls.ssl.client.auth': 'required',
    'listener.name.mtls.ssl.principal.mapping.rules': 'RULE:^CN=(.*)$/$1/',
    'listener.name.sasl.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512,OAUTHBEARER',
    'listener.name.sasl.plain.sasl.jaas.config': jaas('plain.PlainLoginModule', ` user_${user.username}="${user.password}"`),
    'listener.name.sasl.scram-sha-512.sasl.jaas.config': jaas('scram.ScramLoginModule'),
    'listener.name.sasl.oauthbearer.sasl.jaas.config': jaas('oauthbearer.OAuthBearerLoginModule', ' unsecuredLoginStringClaim_sub="broker"'),
    'listener.name.sasl.oauthbearer.sasl.server.callback.handler.class':
      'org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler',
    // A token's end is the end of its connections only where logins end at all.
    'listener.name.sasl.oauthbearer.connections.max.reauth.ms': 3_600_000,
    // By default a broker takes any token, signed or not.
    'sasl.oauthbearer.jwt.validator.class': 'org.apache.kafka.common.security.oauthbearer.BrokerJwtValidator',
    'sasl.oauthbearer.jwks.endpoint.url': pathToFileURL(jwks).href,
    'sasl.oauthbearer.expected.audience': audience,
    'sasl.oauthbearer.expected.issuer': issuer,
  }
  for (const name of listeners) {
    const store = join(folder, `${name}.store.pem`)
    await writeFile(store, Buffer.concat([servers[name].key, servers[name].cert]))
    properties[`listener.name.${name}.ssl.keystore.type`] = 'PEM'
    properties[`listener.name.${name}.ssl.keystore.location`] = store
  }
  const ports = await freePorts(listeners.length)
  const allowed = `${pathToFileURL(jwks).href},${jwks}`
  const broker = await javaBroker({
    listeners: listeners.map((name, i) => ({ name: name.toUpperCase(), protocol: name === 'sasl' ? 'SASL_SSL' : 'SSL', port: ports[i] as number })),
    format: ['--add-scram', `SCRAM-SHA-512=[name=${user.username},password=${user.password}]`],
    properties,
    jvm: ['urls', 'files'].map((kind) => `-Dorg.apache.kafka.sasl.oauthbearer.allowed.${kind}=${allowed}`),
  })
  return {
    admin: broker.brokers,
    at: (listener) => [`127.0.0.1:${ports[listeners.indexOf(listener)]}`],
    ca: own.cert,
    clients: {
      valid: own.sign(user.username),
      expired: own.sign(user.username, { expired: true }),
      untrusted: other.sign(user.username),
    },
    clientOf: (name) => own.sign(name),
    token: (seconds, claims) => signer.token(user.username, seconds, claims),
    async stop() {
      await broker.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
