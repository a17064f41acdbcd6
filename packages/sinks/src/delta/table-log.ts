import { type Storage, TicketsError } from '@tickets/core'
import type { Clock } from '@tickets/core/internal'
import { type Action, commitText, parseCommit } from './actions.ts'
import { checkpointFile, readCheckpoint } from './checkpoint.ts'
import { TableState } from './table-state.ts'

/** After so many milliseconds the folder is listed again: others may have removed commits that a checkpoint has. */
const LISTED_MS = 600_000
/** Commits between two checkpoints, unless the table says otherwise. */
const CHECKPOINT_INTERVAL = 10
/** How long files that were removed stay in checkpoints, unless the table says otherwise: a week. */
const RETENTION_MS = 7 * 24 * 3_600_000

const digits = (version: number) => String(version).padStart(20, '0')
const commitName = (version: number) => `${digits(version)}.json`
const FOLDER = '_delta_log'
const pathOf = (name: string) => `${FOLDER}/${name}`
const decode = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

/** The log of a Delta table: numbered commits in `_delta_log`, each created if absent, and checkpoints of what they add up to. */
export class TableLog {
  readonly #table: Storage
  readonly #clock: Clock
  #state = new TableState()
  #listedAt = Number.NEGATIVE_INFINITY

  constructor(table: Storage, clock: Clock) {
    this.#table = table
    this.#clock = clock
  }

  /** Returns the table as it is now. Throws `TARGET_UNUSABLE` where its log has a gap. */
  async refresh(): Promise<TableState> {
    if (this.#clock.now() - this.#listedAt > LISTED_MS) await this.#list()
    let isListed = false
    for (;;) {
      const version = this.#state.version + 1
      const path = pathOf(commitName(version))
      const bytes = await this.#table.read(path)
      if (bytes) this.#state.apply(version, parseCommit(decode(bytes), `${this.#table.location}/${path}`))
      else if (isListed || !(await this.#isCleanedUp())) return this.#state
      else {
        await this.#list()
        isListed = true
      }
    }
  }

  /** Whether others removed the last commit that was read: then the next ones may have been there, and be gone too. */
  async #isCleanedUp(): Promise<boolean> {
    const { version } = this.#state
    return version >= 0 && (await this.#table.stat(pathOf(commitName(version)))) === null
  }

  /** Begins with the latest checkpoint where commits that are not known yet may be gone. */
  async #list(): Promise<void> {
    const names = await this.#table.names(FOLDER)
    const commits = names.flatMap((name) => (/^\d{20}\.json$/.test(name) ? [Number(name.slice(0, 20))] : [])).sort((a, b) => a - b)
    const checkpoint = latestCheckpoint(names)
    if (checkpoint && checkpoint.version > this.#state.version) {
      const state = new TableState()
      for (const name of checkpoint.names) state.apply(checkpoint.version, await readCheckpoint(await this.#whole(name)))
      this.#state = state
    }
    const missing = commits.filter((version) => version > this.#state.version).find((version, i) => version !== this.#state.version + 1 + i)
    if (missing !== undefined)
      throw new TicketsError(
        'TARGET_UNUSABLE',
        `the log of the Delta table ${this.#table.location} has commit ${missing} and not the one before, nor a checkpoint of it: restore ${this.#table.location}/${FOLDER} from a backup, or write to another folder`,
      )
    this.#listedAt = this.#clock.now()
  }

  /** Adds a commit behind the version that was read last, durably. Returns false if another has that number; then `refresh` reads it. */
  async create(actions: readonly Action[]): Promise<boolean> {
    const version = this.#state.version + 1
    const isCreated = await this.#table.create(pathOf(commitName(version)), [new TextEncoder().encode(commitText(actions))])
    if (isCreated) this.#state.apply(version, actions)
    return isCreated
  }

  /** Removes what killed processes have left beside the commits. */
  cleanUp(): Promise<void> {
    return this.#table.removeLeftovers(FOLDER)
  }

  /** Writes a checkpoint where one is due. It may be cut off at any moment, and written again. */
  async checkpoint(): Promise<void> {
    const { version, metaData } = this.#state
    const { configuration } = metaData ?? {}
    const every = Number(configuration?.['delta.checkpointInterval'] ?? CHECKPOINT_INTERVAL)
    if (version < 1 || version % (every >= 1 ? every : CHECKPOINT_INTERVAL) !== 0) return
    const since = this.#clock.now() - retentionOf(configuration?.['delta.deletedFileRetentionDuration'])
    const { parts, actions } = await checkpointFile(this.#state, since)
    await this.#table.replace(pathOf(`${digits(version)}.checkpoint.parquet`), parts)
    await this.#table.replace(pathOf('_last_checkpoint'), [new TextEncoder().encode(JSON.stringify({ version, size: actions }))])
  }

  async #whole(name: string): Promise<Uint8Array> {
    const bytes = await this.#table.read(pathOf(name))
    if (bytes) return bytes
    throw new TicketsError(
      'SINK_FAILED',
      `${this.#table.location}/${pathOf(name)} was removed while it was read: others clean up the log of the table`,
      { retryable: true },
    )
  }
}

/** Returns the latest checkpoint that is whole, and its files. */
function latestCheckpoint(names: readonly string[]): { readonly version: number; readonly names: readonly string[] } | null {
  const found = new Map<string, string[]>()
  for (const name of names) {
    const [, version, of = '1'] = /^(\d{20})\.checkpoint(?:\.\d{10}\.(\d{10}))?\.parquet$/.exec(name) ?? []
    if (version !== undefined) found.set(`${version} ${Number(of)}`, [...(found.get(`${version} ${Number(of)}`) ?? []), name])
  }
  const whole = [...found].map(([key, parts]) => ({ version: Number(key.split(' ')[0]), of: Number(key.split(' ')[1]), names: parts.sort() }))
  return whole.filter(({ of, names: parts }) => parts.length === of).sort((a, b) => b.version - a.version)[0] ?? null
}

const UNITS: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 }

/** Returns the milliseconds of an interval of Spark's, such as `interval 1 week`; a week for another text. */
export function retentionOf(text: string | undefined): number {
  const [, count, unit = ''] = /^(?:interval )?(\d+) (\w+?)s?$/.exec(text ?? '') ?? []
  return Number(count) * (UNITS[unit] ?? Number.NaN) || RETENTION_MS
}
