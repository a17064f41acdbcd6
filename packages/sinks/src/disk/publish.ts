import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type HiddenFile, type HiddenFiles, TicketsError } from '@tickets/core'
import { fileError, makeFolders } from '@tickets/core/internal'
import { codeOf, type FileLayer, unless } from '@tickets/core/node'
import { stagedName } from './names.ts'

/** How often the folder of a partition is made again. A compaction, or this log's `overwrite`, may remove it while it is empty. */
const TRIES = 5

async function haveSameBytes(files: FileLayer, one: string, other: string): Promise<boolean> {
  const [a, b] = [await unless(files.readFile(one), ['ENOENT'], null), await unless(files.readFile(other), ['ENOENT'], null)]
  return a !== null && b !== null && Buffer.compare(a, b) === 0
}

async function linkOne(files: FileLayer, target: string, from: string, name: string, tries = TRIES): Promise<void> {
  const to = join(target, name)
  try {
    return await files.link(from, to)
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'EEXIST' && code !== 'ENOENT') throw error
    const [staged, published] = [await files.stat(from), await files.stat(to)]
    // Published before: by this process, one that crashed, or one that recovers the same record at this moment.
    if (published && (!staged || staged.identity === published.identity)) return
    // A backup that was made between linking and unlinking restores one file with two names as two files.
    if (published && staged?.size === published.size && (await haveSameBytes(files, from, to))) return
    if (published) {
      throw new TicketsError(
        'SINK_FAILED',
        `${to} is not the file that was staged for that name: move it out of ${target} and start again; the staged rows are safe in ${from}`,
        { cause: error },
      )
    }
    if (staged) {
      if (tries === 1) throw error
      // The folder of a partition may have vanished. Without partitions, others published, compacted and unstaged the file meanwhile.
      if (dirname(name) !== '.') await makeFolders(files, dirname(to), target)
      return linkOne(files, target, from, name, tries - 1)
    }
    throw new TicketsError(
      'STAGED_LOST',
      `${name} is recorded as written, but stands neither in ${target} nor in its .staging: restore it from a backup, or start over (delete the log, mode: 'overwrite')`,
      { cause: error },
    )
  }
}

/**
 * Throws `STAGED_DAMAGED` unless a staged file is what its record says. The process that wrote it compares the size only, which costs nothing. A process
 * that recovers a record reads the file.
 */
async function checkStaged(files: FileLayer, path: string, { name, bytes, crc32: sum }: HiddenFile, isOwn: boolean): Promise<void> {
  const found = await files.stat(path)
  // It was published before, or is lost. Linking finds out which.
  if (!found) return
  const damaged = (what: string) =>
    new TicketsError(
      'STAGED_DAMAGED',
      `${path} is not what was recorded for ${name}: ${what}. It is not published. Restore that file from a backup, or start over: stop every process of the pipeline, delete the log, and run with mode: 'overwrite'; and check the disk`,
    )
  if (found.size !== bytes) throw damaged(`it has ${found.size} bytes instead of ${bytes}`)
  if (isOwn || sum === undefined) return
  const content = await unless(files.readFile(path), ['ENOENT'], null)
  if (content && crc32(content) !== sum) throw damaged('its checksum differs')
}

/** The folders of partitions that the files lie in. */
const foldersOf = (staged: readonly HiddenFile[]): Set<string> => new Set(staged.map(({ name }) => dirname(name)).filter((folder) => folder !== '.'))

/**
 * Makes the published names durable: the files' in their folders, and the folders' own up to the target. All of them each time, since
 * whoever made a folder may have crashed before it synced it, and one that was compacted away may be a new one by now.
 */
async function syncNames(files: FileLayer, target: string, staged: readonly HiddenFile[]): Promise<void> {
  const above = new Set<string>()
  for (const folder of foldersOf(staged)) for (let at = folder; at !== '.'; at = dirname(at)) above.add(join(target, at))
  if (above.size > 0 || staged.length > 0) above.add(target)
  for (const folder of above) await files.syncFolder(folder)
}

/**
 * Gives the staged files their published names, durably, then removes their staged names. Repeating it changes nothing.
 *
 * @param isOwn whether this process has just written the files
 */
export async function publishRange(files: FileLayer, target: string, { staging, files: staged }: HiddenFiles, isOwn = false): Promise<void> {
  const folder = join(target, staging)
  const hidden = (name: string) => join(folder, stagedName(name))
  try {
    for (const file of staged) await checkStaged(files, hidden(file.name), file, isOwn)
    for (const inner of foldersOf(staged)) await makeFolders(files, join(target, inner), target)
    for (const { name } of staged) await linkOne(files, target, hidden(name), name)
    // The published names must be on the disk before the staged ones may go.
    await syncNames(files, target, staged)
    for (const { name } of staged) await unless(files.unlink(hidden(name)), ['ENOENT'], undefined)
    await unless(files.removeFolder(folder), ['ENOENT', 'ENOTEMPTY', 'EEXIST'], undefined)
  } catch (error) {
    throw fileError(error, 'SINK_FAILED', `publishing to ${target}`)
  }
}
