import { messageOf, TicketsError } from '@tickets/core'
import { exactJson, parseExact } from '../spec/exact-json.ts'

/** How a REST catalog is reached, and as whom. */
export interface RestOptions {
  /** Its address, such as `http://localhost:8181`. */
  readonly uri: string
  /** The warehouse, for a catalog that has several. */
  readonly warehouse?: string
  /** A bearer token, or what returns one for each request. */
  readonly token?: string | (() => string | Promise<string>)
  /** `<client id>:<client secret>`, for which OAuth2 gives tokens. */
  readonly credential?: string
  /** Where tokens are given; by default `v1/oauth/tokens` of the catalog. */
  readonly oauth2ServerUri?: string
  /** What a token is asked for; `catalog` by default. */
  readonly scope?: string
  /** More headers of each request. */
  readonly headers?: Readonly<Record<string, string>>
  /** @internal What sends the requests; tests lose answers here. */
  readonly fetch?: typeof fetch
}

/** An answer of a catalog. */
export interface RestAnswer {
  readonly status: number
  readonly content: unknown
}

/** Milliseconds after which an answer is given up. */
const TIMEOUT_MS = 60_000
/** A token is asked for anew so many milliseconds before it ends. */
const EARLY_MS = 30_000
/** Statuses by which a server says that the same request may succeed later. */
const passing = (status: number) => status === 429 || status >= 500

/** Stands between the names of nested namespaces in a path, unless the catalog says otherwise. */
const SEPARATOR = '%1F'

/** What a catalog says of itself. */
export interface RestConfig {
  /** The address that all paths are appended to. */
  readonly base: string
  /** Stands between the names of nested namespaces in a path, as a path has it. */
  readonly separator: string
}

interface ErrorBody {
  readonly error?: { readonly message?: string; readonly type?: string }
}

/** Returns what a catalog says of a failure. */
const reasonOf = ({ status, content }: RestAnswer): string => {
  const { message, type } = (content as ErrorBody | null)?.error ?? {}
  return message ? `${status} ${type ?? ''}: ${message}` : `status ${status}`
}

/** Returns the error of an answer that nobody expected. */
export function restError(answer: RestAnswer, doing: string): TicketsError {
  const isPassing = passing(answer.status)
  const what = isPassing
    ? 'look at the catalog, and run again'
    : 'check the address, the warehouse, the rights of the credential, and the name of the table'
  return new TicketsError(isPassing ? 'SINK_FAILED' : 'TARGET_UNUSABLE', `${doing} failed (${reasonOf(answer)}): ${what}`, { retryable: isPassing })
}

/** Speaks with a REST catalog: asks for its configuration first, and for a token where there is a credential. */
export class RestClient {
  readonly #options: RestOptions
  #config: Promise<RestConfig> | null = null
  #token: { readonly text: string; readonly until: number } | null = null

  constructor(options: RestOptions) {
    this.#options = options
  }

  /** Sends a request below the prefix of the warehouse. A 401 or 419 is tried again with a new token. */
  async request(method: string, path: string, body?: unknown): Promise<RestAnswer> {
    return this.#send(method, `${(await this.config()).base}/${path}`, body)
  }

  /** Returns the configuration, which is asked for once. */
  config(): Promise<RestConfig> {
    this.#config ??= this.#configure().catch((error: unknown) => {
      this.#config = null
      throw error
    })
    return this.#config
  }

  async #configure(): Promise<RestConfig> {
    const { uri, warehouse } = this.#options
    const root = uri.replace(/\/+$/, '')
    const query = warehouse === undefined ? '' : `?${new URLSearchParams({ warehouse })}`
    const answer = await this.#send('GET', `${root}/v1/config${query}`)
    if (answer.status !== 200) throw restError(answer, `asking ${root} for its configuration`)
    const { defaults, overrides } = answer.content as {
      readonly defaults?: Readonly<Record<string, string>>
      readonly overrides?: Readonly<Record<string, string>>
    }
    const settings = { ...defaults, ...overrides }
    return {
      base: [settings.uri?.replace(/\/+$/, '') ?? root, 'v1', ...(settings.prefix ? [settings.prefix] : [])].join('/'),
      separator: settings['namespace-separator'] ?? SEPARATOR,
    }
  }

  async #send(method: string, url: string, body?: unknown, isAgain = false): Promise<RestAnswer> {
    const { headers } = this.#options
    const token = await this.#bearer()
    const answer = await this.#fetch(method, url, {
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: exactJson(body) }),
    })
    if (
      (answer.status !== 401 && answer.status !== 419) ||
      isAgain ||
      (this.#options.credential === undefined && typeof this.#options.token !== 'function')
    )
      return answer
    this.#token = null
    return this.#send(method, url, body, true)
  }

  async #bearer(): Promise<string | null> {
    const { token, credential } = this.#options
    if (token !== undefined) return typeof token === 'function' ? token() : token
    if (credential === undefined) return null
    if (!this.#token || Date.now() > this.#token.until) this.#token = await this.#authenticate(credential)
    return this.#token.text
  }

  async #authenticate(credential: string): Promise<{ readonly text: string; readonly until: number }> {
    const { uri, oauth2ServerUri = `${uri.replace(/\/+$/, '')}/v1/oauth/tokens`, scope = 'catalog' } = this.#options
    const at = credential.indexOf(':')
    const form = {
      grant_type: 'client_credentials',
      ...(at > 0 && { client_id: credential.slice(0, at) }),
      client_secret: credential.slice(at + 1),
      scope,
    }
    const answer = await this.#fetch('POST', oauth2ServerUri, {
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    })
    if (answer.status !== 200) throw restError(answer, `asking ${oauth2ServerUri} for a token`)
    const { access_token: text, expires_in: seconds } = answer.content as { readonly access_token: string; readonly expires_in?: number }
    return { text, until: seconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + seconds * 1000 - EARLY_MS }
  }

  async #fetch(method: string, url: string, init: RequestInit): Promise<RestAnswer> {
    const { fetch: send = fetch } = this.#options
    try {
      const response = await send(url, { ...init, method, signal: AbortSignal.timeout(TIMEOUT_MS) })
      const text = await response.text()
      const isJson = /json/.test(response.headers.get('content-type') ?? '')
      return { status: response.status, content: text === '' || !isJson ? null : parseExact(text, url) }
    } catch (cause) {
      throw new TicketsError('SINK_FAILED', `${method} ${url} has no answer (${messageOf(cause)}): look at the catalog, and run again`, {
        cause,
        retryable: true,
      })
    }
  }
}
