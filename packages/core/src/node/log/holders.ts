import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'

/** A process of this machine that has begun a log and still runs. */
export interface LogHolder {
  readonly pid: number
  /** When it began the log. */
  readonly since: Date
}

/** What this process has noted, to be removed when it exits. */
const noted = new Set<string>()

/** The folder of one user: nobody else can write there, and everybody who may list it can see who holds what. */
const PREFIX = 'tickets-logs-'

/**
 * Records that this process has begun a log. The note is advice for those who look, such as `tickets log` and `tickets reset`: the protocol needs none, so
 * where it cannot be written nothing is lost. It lies outside of the log, which holds only commits.
 */
export function noteHolder(log: string): void {
  try {
    const folder = join(tmpdir(), `${PREFIX}${userInfo().uid}`)
    const note = join(folder, `${nameOf(log)}-${process.pid}`)
    if (noted.has(note)) return
    mkdirSync(folder, { recursive: true, mode: 0o755 })
    if (noted.size === 0) {
      removeDead(folder)
      process.once('exit', forget)
    }
    writeFileSync(note, startOf(process.pid))
    noted.add(note)
  } catch {}
}

/** Removes the notes of processes that were killed. */
function removeDead(folder: string): void {
  for (const name of namesIn(folder)) if (!isRunning(Number(name.slice(name.lastIndexOf('-') + 1)))) removeNote(join(folder, name))
}

function forget(): void {
  for (const note of noted) removeNote(note)
}

/** Removes a note, unless another process that starts at this moment has removed it. */
function removeNote(note: string): void {
  try {
    unlinkSync(note)
  } catch {}
}

/**
 * Returns the processes of this machine that have begun a log and still run. A process in a container of its own, on another machine, or of an older
 * release is not among them.
 */
export function holdersOf(log: string): LogHolder[] {
  const name = `${nameOf(log)}-`
  return namesIn(tmpdir())
    .filter((folder) => folder.startsWith(PREFIX))
    .flatMap((folder) => namesIn(join(tmpdir(), folder)).map((note) => ({ note, path: join(tmpdir(), folder, note) })))
    .filter(({ note }) => note.startsWith(name))
    .flatMap(({ note, path }) => holderAt(Number(note.slice(name.length)), path))
    .sort((a, b) => a.since.getTime() - b.since.getTime())
}

function holderAt(pid: number, note: string): LogHolder[] {
  try {
    // The number may have been given to another process since: that one began at another time.
    const isSame = isRunning(pid) && readFileSync(note, 'utf8') === startOf(pid)
    return isSame ? [{ pid, since: statSync(note).mtime }] : []
  } catch {
    return []
  }
}

/** One name for all paths of a log. */
function nameOf(log: string): string {
  let path = resolve(log)
  try {
    path = realpathSync(path)
  } catch {}
  return createHash('sha256').update(path).digest('hex').slice(0, 32)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It belongs to another user.
    return (error as { readonly code?: string }).code === 'EPERM'
  }
}

/** Returns when a process began, in the words of the system; empty where the system does not tell. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the command stands in parentheses and may hold blanks.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
