import { isTicketsError, type Logger, messageOf, TicketsError } from '@tickets/core'
import { logEvent, retry, systemClock } from '@tickets/core/internal'
import type { RegistryConnection } from './connection.ts'

/** The languages of schemas, as registries call them. */
export type SchemaType = 'AVRO' | 'PROTOBUF' | 'JSON'

/** A schema that another one names. */
export interface Reference {
  /** What the other schema calls it: a full name in Avro, a path in Protobuf. */
  readonly name: string
  readonly subject: string
  readonly version: number
}

/** A schema as the registry keeps it. */
export interface RegistrySchema {
  readonly schema: string
  readonly schemaType: SchemaType
  readonly references: readonly Reference[]
}

/** How requests are repeated. */
export interface RequestOptions {
  /** Milliseconds since the first try. */
  readonly retryFor: number
  readonly logger?: Logger | undefined
  readonly signal?: AbortSignal | undefined
}

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5000
const TIMEOUT_MS = 10_000
/** `error_code`s of what is not there: a subject, a version, a schema. */
const ABSENT = [40_401, 40_402, 40_403]

interface Answer {
  readonly status: number
  readonly body: { readonly [key: string]: unknown } | null
}

/** Asks a schema registry that speaks Confluent's API. */
export class RegistryClient {
  readonly #o: RegistryConnection

  constructor(options: RegistryConnection) {
    this.#o = options
  }

  /** Names the registry in errors, without a login. */
  get url(): string {
    return this.#o.url
  }

  /** Returns the schema with this id, or null. */
  async schemaById(id: number, options: RequestOptions): Promise<RegistrySchema | null> {
    return schemaIn(await this.#ask('GET', `/schemas/ids/${id}`, options))
  }

  /** Returns a version of a subject with its id, or null. */
  async version(subject: string, version: number | 'latest', options: RequestOptions): Promise<(RegistrySchema & { readonly id: number }) | null> {
    const answer = await this.#ask('GET', `/subjects/${encodeURIComponent(subject)}/versions/${version}`, options)
    const schema = schemaIn(answer)
    return schema && { ...schema, id: Number(answer?.id) }
  }

  /** Returns the id of a schema that the subject has, or null. */
  async lookUp(subject: string, schema: RegistrySchema, options: RequestOptions): Promise<number | null> {
    const answer = await this.#ask('POST', `/subjects/${encodeURIComponent(subject)}`, options, schema)
    return answer && Number(answer.id)
  }

  /**
   * Adds a schema to a subject, unless it has it, and returns its id.
   *
   * @throws `SCHEMA_MISMATCH` where the subject's compatibility does not allow it
   */
  async register(subject: string, schema: RegistrySchema, options: RequestOptions): Promise<number> {
    const answer = await this.#ask('POST', `/subjects/${encodeURIComponent(subject)}/versions`, options, schema)
    if (answer) return Number(answer.id)
    throw new TicketsError('REGISTRY_REFUSED', `The schema registry at ${this.url} knows no subject "${subject}" and does not create it`)
  }

  /** Returns the answer's body, or null where what is asked for is not there. */
  async #ask(method: string, path: string, { retryFor, logger, signal }: RequestOptions, body?: RegistrySchema): Promise<Answer['body']> {
    const began = performance.now()
    const left = () => retryFor - (performance.now() - began)
    const again = (error: unknown) => {
      if (!isTicketsError(error) || !error.retryable || left() <= 0) return false
      const leftMs = Math.ceil(left())
      const message = `asking the schema registry failed and is tried again for ${Math.ceil(leftMs / 1000)} s more: ${error.message}`
      logEvent(logger, 'registry.retried', { leftMs, code: error.code }, message)
      return true
    }
    // The last pause ends with `retryFor`, so that the last try is not later.
    const clock = { ...systemClock, sleep: (ms: number, until?: AbortSignal) => systemClock.sleep(Math.min(ms, Math.max(0, left())), until) }
    const work = () => this.#once(method, path, signal, body)
    return retry(work, { again, clock, first: FIRST_PAUSE_MS, longest: LONGEST_PAUSE_MS, ...(signal && { signal }) })
  }

  async #once(method: string, path: string, signal?: AbortSignal, body?: RegistrySchema): Promise<Answer['body']> {
    const { status, body: answer } = await this.#send(method, path, signal, body)
    if (status < 300) {
      if (answer) return answer
      throw this.#refused(`answered ${path} with something else than JSON`)
    }
    const code = Number(answer?.error_code)
    const said = typeof answer?.message === 'string' ? `: ${answer.message.slice(0, 2000)}` : ''
    if (status === 404 && ABSENT.includes(code)) return null
    if (status === 401 || status === 403)
      throw this.#refused(`does not allow this (${status}): check \`auth\` or \`bearer\` of the format, and the rights of that user`)
    if (status === 409) throw new TicketsError('SCHEMA_MISMATCH', `the registry at ${this.url} refuses the schema as incompatible${said}`)
    if (status === 429 || status >= 500) throw this.#unreachable(`answers with status ${status}${said}`)
    if (status === 404)
      throw this.#refused(
        `does not know ${path} (404): check the path of \`registry\`, which is /apis/ccompat/v7 for Apicurio, and none for Confluent and Redpanda`,
      )
    throw this.#refused(`refuses ${method} ${path} (${status})${said}`)
  }

  async #send(method: string, path: string, signal?: AbortSignal, body?: RegistrySchema): Promise<Answer> {
    const { url, headers, fetch } = this.#o
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    const own = await headers()
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          accept: 'application/vnd.schemaregistry.v1+json, application/json',
          'content-type': 'application/vnd.schemaregistry.v1+json',
          ...own,
        },
        signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, body: objectIn(text) }
    } catch (cause) {
      const inner = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'cause') : undefined
      throw this.#unreachable(`does not answer (${messageOf(inner ?? cause)})`, cause)
    }
  }

  #unreachable(what: string, cause?: unknown): TicketsError {
    return new TicketsError('REGISTRY_UNREACHABLE', `The schema registry at ${this.url} ${what}: start it, or correct \`registry\` of the format`, {
      cause,
      retryable: true,
    })
  }

  #refused(what: string): TicketsError {
    return new TicketsError('REGISTRY_REFUSED', `The schema registry at ${this.url} ${what}`)
  }
}

function objectIn(text: string): Answer['body'] {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

function schemaIn(answer: Answer['body']): RegistrySchema | null {
  if (!answer) return null
  const { schema, schemaType = 'AVRO', references } = answer
  return { schema: String(schema), schemaType: schemaType as SchemaType, references: Array.isArray(references) ? (references as Reference[]) : [] }
}
