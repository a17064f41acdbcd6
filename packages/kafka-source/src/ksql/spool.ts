import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { TicketsError } from '@tickets/core'
import { codeOf } from '@tickets/core/node'

/** Returns the path of the file that keeps the rows of a query. Each query has its own file, since another query is another source. */
export function spoolPath(folder: string, topic: string, url: string, query: string): string {
  const print = createHash('sha256').update(`${url}\n${query}`).digest('hex').slice(0, 12)
  return join(folder, `${topic}-${print}.jsonl`)
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r')
  await folder.sync().finally(() => folder.close())
}

/** Writes a file whole: it is there with all its lines, or not at all. The first of several writers wins. */
export async function writeWhole(path: string, lines: AsyncIterable<string>): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const aside = `${path}.${randomUUID()}.tmp`
  const file = await open(aside, 'wx')
  try {
    let text = ''
    for await (const line of lines) {
      text += `${line}\n`
      if (text.length < 1 << 16) continue
      await file.writeFile(text)
      text = ''
    }
    await file.writeFile(text)
    await file.sync()
    await link(aside, path).catch((error) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
    await syncFolder(path)
  } finally {
    await file.close()
    await rm(aside, { force: true })
  }
}

/** Lines that wait to be written, at the most. */
const MAX_WAITING_LINES = 1000

/** The end of a file that grows: one process at a time adds whole lines to it. */
export class Spool {
  readonly #path: string
  readonly #file: FileHandle
  /** Partition of the stream → the highest offset that is here. */
  readonly #seen = new Map<number, number>()
  readonly #waiting: string[] = []
  #writing: Promise<void> | null = null
  #failure: { readonly error: unknown } | null = null

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  static async open(path: string): Promise<Spool> {
    await lock(`${path}.lock`)
    // Each write is durable when it returns: a record must not speak of lines that a power cut takes back.
    const file = await open(path, 'as+')
    const spool = new Spool(path, file)
    await spool.#recover()
    return spool
  }

  /** Whether a row is not here yet; it counts as here from then on. */
  isNew(partition: number, offset: number): boolean {
    if (offset <= (this.#seen.get(partition) ?? -1)) return false
    this.#seen.set(partition, offset)
    return true
  }

  /** Adds a line; those that come while one is written are written together. Throws what went wrong with an earlier one. */
  async add(line: string): Promise<void> {
    this.#waiting.push(line)
    this.#writing ??= this.#write()
    if (this.#waiting.length >= MAX_WAITING_LINES) await this.#writing
    if (this.#failure) throw this.#failure.error
  }

  /** Settles when all lines are there. */
  async flush(): Promise<void> {
    await this.#writing
    if (this.#failure) throw this.#failure.error
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#file.appendFile(`${this.#waiting.splice(0).join('\n')}\n`)
    } catch (error) {
      this.#failure = { error }
    } finally {
      this.#writing = null
    }
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#file.close()
    await rm(`${this.#path}.lock`, { force: true })
  }

  /** Ends the line that a crash left, or takes it back where it is no whole row, and learns what is here. */
  async #recover(): Promise<void> {
    const text = await readFile(this.#path, 'utf8')
    const end = text.lastIndexOf('\n') + 1
    for (const line of text.slice(0, end).split('\n')) this.#learn(line)
    const rest = text.slice(end)
    if (rest === '') return
    if (this.#learn(rest)) await this.#file.appendFile('\n')
    else await this.#file.truncate(Buffer.byteLength(text.slice(0, end)))
  }

  #learn(line: string): boolean {
    try {
      const { ROWPARTITION, ROWOFFSET } = JSON.parse(line) as { ROWPARTITION?: number; ROWOFFSET?: number }
      if (ROWPARTITION !== undefined && ROWOFFSET !== undefined) this.isNew(ROWPARTITION, ROWOFFSET)
      return true
    } catch {
      return false
    }
  }
}

async function lock(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  for (let tries = 0; ; tries++) {
    try {
      const file = await open(path, 'wx')
      await file.writeFile(String(process.pid)).finally(() => file.close())
      return
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || tries === 3) throw error
    }
    const pid = Number(await readFile(path, 'utf8').catch(() => ''))
    if (pid > 0 && isAlive(pid))
      throw new TicketsError(
        'OPTION_INVALID',
        `process ${pid} reads this query into the same spool (${path}): run one at a time, or give each a spool of its own`,
      )
    await rm(path, { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
