import { TicketsError } from '@tickets/core'

/** How to reach a schema registry, and which subject has the schemas of a topic. */
export interface RegistryOptions {
  /**
   * The URL of the registry, such as `http://localhost:8081`; Apicurio's ends in `/apis/ccompat/v7`. It may hold a login: `https://user:password@…`.
   */
  readonly registry: string
  /** A login by HTTP basic authentication. */
  readonly auth?: { readonly username: string; readonly password: string }
  /** Returns a bearer token. Called for each request. */
  readonly bearer?: () => string | Promise<string>
  /** Used in place of the global `fetch`: one that has certificates of its own, or goes through a proxy. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** The subject of a topic's values. Default: the topic with `-value` behind it. */
  readonly subject?: string | ((topic: string) => string)
  /**
   * What to do with messages whose schema id the registry does not know. `fail` (the default) stops the source; with `deadLetter` they become dead
   * letters.
   */
  readonly unknownId?: 'fail' | 'deadLetter'
  /** Writing: add the schema to the subject (the default), or only look it up and fail where it is not there. */
  readonly register?: boolean
}

/** A registry's address and login, checked. */
export interface RegistryConnection {
  /** Without a login and a slash at its end. */
  readonly url: string
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  readonly fetch: NonNullable<RegistryOptions['fetch']>
}

/** Returns the checked connection. Throws `OPTION_INVALID`; no error has the login. */
export function registryConnection({ registry, auth, bearer, fetch: own }: RegistryOptions): RegistryConnection {
  const parsed = typeof registry === 'string' && URL.canParse(registry) ? new URL(registry) : null
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    const message =
      "`registry` is the URL of a schema registry, such as 'http://localhost:8081'; for Apicurio 'http://localhost:8080/apis/ccompat/v7'"
    throw new TicketsError('OPTION_INVALID', message)
  }
  if (auth && bearer) throw new TicketsError('OPTION_INVALID', 'set `auth` or `bearer` of the format, and not both')
  const inUrl = parsed.username === '' ? undefined : { username: decodeURIComponent(parsed.username), password: decodeURIComponent(parsed.password) }
  const login = auth ?? inUrl
  const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`
  parsed.username = ''
  parsed.password = ''
  return {
    url: parsed.href.replace(/\/+$/, ''),
    headers: async () => {
      const authorization = bearer ? `Bearer ${await bearer()}` : basic
      return authorization === undefined ? {} : { authorization }
    },
    fetch: own ?? ((url, init) => fetch(url, init)),
  }
}

/** Returns the subject of a topic's values. */
export function subjectOf({ subject }: Pick<RegistryOptions, 'subject'>, topic: string): string {
  if (typeof subject === 'function') return subject(topic)
  return subject ?? `${topic}-value`
}
