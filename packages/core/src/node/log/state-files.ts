import { join } from 'node:path'
import { TicketsError } from '../../base/errors.ts'
import { type Attempt, isSweepable } from '../../connectors/staged-entry.ts'
import { type FileLayer, unless } from '../files/file-layer.ts'
import { makeFolders, syncUpwards } from '../files/folders.ts'
import { prependChecksum, stripChecksum } from './checksum.ts'
import { REMEDY } from './log-layout.ts'
import { checkName, stateName } from './record-names.ts'

const folderOf = (task: string) => join(task, 'state')

/** Puts a state on stable storage under its name. Nobody reads it before a record names it, so a torn one is harmless. */
export async function putState(files: FileLayer, task: string, name: string, bytes: Uint8Array): Promise<void> {
  checkName('the name of a state', name)
  const folder = folderOf(task)
  const made = await makeFolders(files, folder, task)
  await files.writeFile(join(folder, name), prependChecksum(bytes))
  await files.syncFolder(folder)
  // The first state of this task; a process that made the folder before may have crashed before this.
  if (made.length > 0 || (await files.readFolder(folder)).length === 1) await syncUpwards(files, folder, made)
}

/** Returns the bytes of a state that a record names. Throws `LOG_DAMAGED` if they are missing or changed. */
export async function getState(files: FileLayer, task: string, name: string): Promise<Uint8Array> {
  checkName('the name of a state', name)
  const path = join(folderOf(task), name)
  return verifyState(await unless(files.readFile(path), ['ENOENT'], null), path)
}

/** Returns the bytes of a state from those of its file. Throws `LOG_DAMAGED` if it is missing, null, or changed. */
export function verifyState(file: Uint8Array | null, path: string): Uint8Array {
  if (!file) throw new TicketsError('LOG_DAMAGED', `${path} is gone, but a record names it. ${REMEDY}`)
  const bytes = stripChecksum(file)
  if (!bytes) throw new TicketsError('LOG_DAMAGED', `${path} is damaged: its content does not match its checksum. ${REMEDY}`)
  // A plain array, where Node's layer hands out a Buffer, whose slice() and JSON differ.
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Removes what no record can name any more: numbers below the head's and other attempts at it, save what is kept (docs/internals/protocol.md#3.8). */
export async function sweepState(files: FileLayer, task: string, head: Attempt, keep: readonly string[]): Promise<void> {
  const folder = folderOf(task)
  const names = await unless(files.readFolder(folder), ['ENOENT'], [])
  for (const name of sweepableStates(names, head, keep)) await unless(files.unlink(join(folder, name)), ['ENOENT'], undefined)
}

/** Returns the names of states that no record can name any more. */
export const sweepableStates = (names: readonly string[], head: Attempt, keep: readonly string[]): readonly string[] =>
  names.filter((name) => {
    const found = stateName(name)
    return found !== null && !keep.includes(name) && isSweepable(found, head)
  })
