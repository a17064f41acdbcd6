import { type TlsFault, tlsFaultOf } from '@tickets/core/internal'
import { chain, type KafkaError, kafkaError } from '../client/errors.ts'

/** What about a cluster is checked. */
export type KafkaCheck = 'broker' | 'listener' | 'tls' | 'login' | 'certificate' | 'topic' | 'access' | 'group' | 'codec' | 'clock' | 'version'

/** Something about a cluster that keeps a pipeline from running. */
export interface KafkaFinding {
  readonly check: KafkaCheck
  readonly problem: string
  /** How it was seen. */
  readonly seen: string
  /** What to do. */
  readonly fix: string
}

/** What is known of a connection that failed. */
export interface Attempted {
  readonly brokers: readonly string[]
  readonly ssl: boolean
  readonly sasl: boolean
  /** Whether the port speaks TLS; null where that was not tried. */
  readonly speaksTls?: boolean | null
}

const notTls = /wrong version number|secure TLS connection|EPROTO|ssl3_|SSL routines|packet length too long/i
const closed = /^(KafkaJS)?ConnectionClosedError$/

const refused = (at: string) => `the certificate of the broker at ${at} is not accepted`
interface BadCertificate {
  readonly problem: (at: string) => string
  readonly fix: string
}
/** What is wrong with a certificate, of the broker or of the client. */
const certificates: { readonly [fault in TlsFault]?: BadCertificate } = {
  expired: {
    problem: (at) => `${refused(at)}: it has expired, or is not valid yet`,
    fix: 'renew the certificate of the broker, and compare the clocks',
  },
  'other host': {
    problem: (at) => `${refused(at)}: it is for another name`,
    fix: "use a name that is in the certificate as the broker's address, or issue one for this name",
  },
  untrusted: {
    problem: (at) => `${refused(at)}: no authority that is trusted here has signed it`,
    fix: 'give the certificate of the authority that signed it (ca)',
  },
  'client refused': {
    problem: (at) => `the broker at ${at} does not accept the certificate of the client, or got none`,
    fix: 'give a certificate that has not expired and that an authority of the broker has signed, with its key (cert, key)',
  },
}

const otherwiseBad: BadCertificate = { problem: refused, fix: 'look at what is said of the certificate, and replace it' }

/** Returns what an error of a client means, and what to do. */
export function findingOf(error: unknown, attempted: Attempted): KafkaFinding {
  const errors = chain(error)
  const at = attempted.brokers.join(', ')
  const seen = errors.at(-1)?.message ?? String(error)
  return loginFinding(errors, attempted, at, seen) ?? accessFinding(errors, at, seen) ?? connectionFinding(error, errors, attempted, at, seen)
}

function loginFinding(errors: readonly KafkaError[], { sasl }: Attempted, at: string, seen: string): KafkaFinding | null {
  const check = 'login'
  if (errors.some(({ type }) => type === 'ILLEGAL_SASL_STATE' || type === 'UNSUPPORTED_SASL_MECHANISM'))
    return {
      check,
      seen,
      problem: `the broker at ${at} does not take this kind of login`,
      fix: 'leave the login out where the port wants none; else use the port that wants one, with a mechanism that the broker has',
    }
  if (errors.some(({ name }) => /^(KafkaJS)?SASLAuthenticationError$/.test(name)))
    return { check, seen, problem: `the broker at ${at} refused the login`, fix: sasl ? 'check mechanism, username and password' : 'give a login' }
  return null
}

const rights: Readonly<Record<string, readonly [what: string, right: string]>> = {
  TOPIC_AUTHORIZATION_FAILED: ['the topic', 'READ and DESCRIBE on the topic'],
  GROUP_AUTHORIZATION_FAILED: ['the consumer group', 'READ on the group'],
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: ['the transactional id', 'WRITE and DESCRIBE on the transactional id'],
  CLUSTER_AUTHORIZATION_FAILED: ['the cluster', 'DESCRIBE on the cluster'],
}

function accessFinding(errors: readonly KafkaError[], at: string, seen: string): KafkaFinding | null {
  const denied = errors.find(({ type }) => type?.endsWith('AUTHORIZATION_FAILED'))
  if (!denied) return null
  const [what, right] = rights[denied.type ?? ''] ?? ['what was asked', 'it']
  return {
    check: 'access',
    seen,
    problem: `${at === '' ? 'the broker' : `the broker at ${at}`} does not let this user use ${what}`,
    fix: `allow ${right} for this user (kafka-acls)`,
  }
}

function connectionFinding(error: unknown, errors: readonly KafkaError[], attempted: Attempted, at: string, seen: string): KafkaFinding {
  const { brokers, ssl, speaksTls = null } = attempted
  const text = errors.map(({ message, code }) => `${message} ${code ?? ''}`).join(' ')
  const fault = tlsFaultOf(errors)
  const wrong = fault && (certificates[fault] ?? (fault === 'other' && /certificate/i.test(text) ? otherwiseBad : null))
  if (wrong) return { check: 'certificate', seen, problem: wrong.problem(at), fix: wrong.fix }
  const advertised = errors.find(({ broker }) => broker !== undefined && !brokers.includes(broker))?.broker
  if (advertised !== undefined)
    return {
      check: 'listener',
      seen,
      problem: `the broker at ${at} tells clients to connect to ${advertised} (its advertised.listeners), and nothing answers there from here`,
      fix: `set advertised.listeners to an address that this machine reaches, or make ${advertised} known to it`,
    }
  if (ssl && (notTls.test(text) || speaksTls === false))
    return { check: 'tls', seen, problem: `the port at ${at} speaks no TLS, and the client wants it`, fix: 'leave TLS out, or use the port with TLS' }
  if (!ssl && speaksTls)
    return { check: 'tls', seen, problem: `the port at ${at} speaks TLS, and the client does not`, fix: 'set TLS (ssl), or use the port without it' }
  if (errors.some(({ name }) => closed.test(name)) && !attempted.sasl)
    return {
      check: 'login',
      seen,
      problem: `the broker at ${at} closes connections without a login`,
      fix: 'give a login (sasl), or use the port that wants none',
    }
  const answered = errors.find(({ type }) => type !== undefined)
  if (answered)
    return { check: 'broker', seen, problem: `the broker at ${at} refused a request (${answered.type})`, fix: "look at the broker's own log" }
  return {
    check: 'broker',
    problem: `no Kafka broker answers at ${at}`,
    seen: seen === '' ? kafkaError(error, brokers).message : seen,
    fix: 'start it, correct the address, or open the port; a port of another service answers nothing that a client understands',
  }
}
