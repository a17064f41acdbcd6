import { join } from 'node:path'
import { TicketsError } from '../../base/errors.ts'
import { isSweepable } from '../../connectors/staged-entry.ts'
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
  const file = await unless(files.readFile(path), ['ENOENT'], null)
  if (!file) throw new TicketsError('LOG_DAMAGED', `${path} is gone, but a record names it. ${REMEDY}`)
  const bytes = stripChecksum(file)
  if (!bytes) throw new TicketsError('LOG_DAMAGED', `${path} is damaged: its content does not match its checksum. ${REMEDY}`)
  // A plain array, where Node's layer hands out a Buffer, whose slice() and JSON differ.
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Removes what no record can name any more: numbers below the head's and other attempts at it, save what is kept (docs/internals/protocol.md#3.8). */
export async function sweepState(
  files: FileLayer,
  task: string,
  head: { readonly n: number; readonly attempt: string },
  keep: readonly string[],
): Promise<void> {
  const folder = folderOf(task)
  for (const name of await unless(files.readFolder(folder), ['ENOENT'], [])) {
    const found = stateName(name)
    if (!found || keep.includes(name) || !isSweepable(found, head)) continue
    await unless(files.unlink(join(folder, name)), ['ENOENT'], undefined)
  }
}
