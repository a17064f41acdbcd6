/** A real database server for tests. */
export interface Database {
  /** With user and password; the user may create databases. */
  readonly url: string
  readonly how: 'env' | 'container' | 'debian'
  /** Ends it and removes its data. */
  stop(): Promise<void>
  /** Ends it at once, keeping its data (`debian` only). */
  kill(): Promise<void>
  /** Starts it again after `kill`, on the same address and data (`debian` only). */
  restart(): Promise<void>
}

/** A kind of database that tests can have. */
export interface Kind {
  /** For messages, such as `MariaDB`. */
  readonly name: string
  /** The variable of the environment with the address of a server that is there. */
  readonly variable: string
  /** What to do where none can be had. */
  readonly howToGetOne: string
  readonly hasContainers: () => Promise<boolean>
  readonly inContainer: () => Promise<Database>
  readonly hasLocal: () => Promise<boolean>
  readonly local: () => Promise<Database>
}

export type Available = { readonly how: Database['how'] } | { readonly how: null; readonly reason: string }

/** Which kind of server can be had here, or why none can and what to do. */
export async function availableOf(kind: Kind): Promise<Available> {
  if (process.env[kind.variable]) return { how: 'env' }
  if (await kind.hasContainers()) return { how: 'container' }
  if (await kind.hasLocal()) return { how: 'debian' }
  const why = `${kind.variable} is not set, no container engine answers, none is installed, no apt-get to fetch it`
  return { how: null, reason: `No ${kind.name}: ${why}. ${kind.howToGetOne}` }
}

/** Returns why no server of a kind can be had here, and what to do; null where one can. */
export async function whyNone(kind: Kind): Promise<string | null> {
  const available = await availableOf(kind)
  return available.how === null ? available.reason : null
}

/** Starts a server: the one that the environment names, else one in a container, else a local one. Rejects with what to do when none can be had. */
export async function start(kind: Kind): Promise<Database> {
  const available = await availableOf(kind)
  if (available.how === null) throw new Error(available.reason)
  if (available.how === 'container') return kind.inContainer()
  if (available.how === 'debian') return kind.local()
  const { variable } = kind
  const refuse = () => Promise.reject(new Error(`the database at ${variable} is not ours to stop; unset ${variable} for this test`))
  return { how: 'env', url: process.env[variable] ?? '', stop: async () => {}, kill: refuse, restart: refuse }
}

/** A container that starts again gets another port, so `restart` is refused. */
export const containerOnly = (stop: () => Promise<void>, variable: string): Pick<Database, 'how' | 'stop' | 'kill' | 'restart'> => ({
  how: 'container',
  stop,
  kill: stop,
  restart: () =>
    Promise.reject(new Error(`a container cannot be restarted on its port; this test needs Debian packages (unset ${variable}, stop the engine)`)),
})
