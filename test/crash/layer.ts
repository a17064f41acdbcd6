import { existsSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import type { DiskFault, WorkerConfig } from './config.ts'
import { followingLog } from './following-log.ts'
import type { Journal } from './journal.ts'
import { type Place, placeOf } from './places.ts'
import type { Trigger } from './trigger.ts'

const half = (parts: readonly Uint8Array[]) => {
  const all = Buffer.concat(parts)
  return all.subarray(0, all.length >> 1)
}

async function writeUnsynced(path: string, parts: readonly Uint8Array[]): Promise<void> {
  await rm(path, { force: true })
  const handle = await open(path, 'wx')
  try {
    for (const part of parts) await handle.writeFile(part)
  } finally {
    await handle.close()
  }
}

/** Whether a staged file has its published name: it is then unlinked as a part of publishing. */
const isPublished = (path: string) => existsSync(join(path.slice(0, path.indexOf('/.staging/')), basename(path, '.tmp')))

/** Fails the calls that the campaign chose, as the operating system would. */
function faulty(faults: readonly DiskFault[]) {
  const left = faults.map((fault) => ({ ...fault, seen: 0 }))
  return (call: DiskFault['call'], { where, kind }: Place) => {
    if (kind === 'other') return
    for (const fault of left) {
      if (fault.call !== call || fault.where !== where) continue
      fault.seen++
      if (fault.seen >= fault.nth && fault.seen < fault.nth + fault.times)
        throw Object.assign(new Error(`${fault.code}: injected, ${call}`), { code: fault.code })
    }
  }
}

/**
 * The file layer of a worker: the real one, with points to die at, faults, a journal for the loss of power, and rules to break.
 *
 * `below`: where power is lost in the journal alone, one that does not wait for the disk will do.
 */
export function crashingFiles(
  { home, faults = [], sabotage }: Pick<WorkerConfig, 'home' | 'faults' | 'sabotage'>,
  trigger: Trigger,
  journal: Journal | null,
  below: FileLayer = nodeFiles,
): FileLayer {
  const real = sabotage === 'one-log' ? followingLog(below, home) : below
  const at = (path: string) => placeOf(home, path)
  const fail = faulty(faults)
  /** Marks of owners as they were first seen, where the sabotage is to look at them no more. */
  const seen = new Map<string, Uint8Array>()
  const noFiles = sabotage === 'fsync'
  const noFolders = noFiles || sabotage === 'fsync-folders'

  async function write(path: string, parts: readonly Uint8Array[]): Promise<void> {
    const place = at(path)
    const { kind, task } = place
    const name = { staged: 'file', temporary: 'record', state: 'snapshot' }[kind as 'staged'] as 'file' | 'record' | 'snapshot' | undefined
    if (name === 'file') await trigger.pass('before-file', task)
    const torn = name === 'record' ? 'record-half' : (`mid-${name}` as 'mid-file')
    if (name && trigger.due(torn, task)) {
      await writeUnsynced(path, [half(parts)])
      journal?.written(path, false)
      await trigger.fire(torn, task)
    }
    fail('write', place)
    if (name && name !== 'record' && trigger.due(`${name}-unsynced`, task)) {
      await writeUnsynced(path, parts)
      journal?.written(path, false)
      await trigger.fire(`${name}-unsynced`, task)
    }
    try {
      fail('fsync', place)
    } catch (error) {
      await writeUnsynced(path, parts)
      throw error
    }
    if (noFiles) await writeUnsynced(path, parts)
    else await real.writeFile(path, parts)
    journal?.written(path, !noFiles)
  }

  return {
    ...real,

    async makeFolder(path) {
      const { kind, task } = at(path)
      if (kind === 'staging') await trigger.pass('before-folder', task)
      fail('mkdir', at(path))
      const made = await real.makeFolder(path)
      if (made) journal?.made(path)
      return made
    },

    async readFile(path) {
      fail('read', at(path))
      if (sabotage !== 'owner' || at(path).kind !== 'owner') return real.readFile(path)
      const mark = seen.get(path) ?? (await real.readFile(path))
      seen.set(path, mark)
      return mark
    },

    writeFile: write,

    // All of the parts are held, so that half of them can be written; the campaign's files are small.
    async writeStream(path, parts) {
      const all: Uint8Array[] = []
      try {
        for await (const part of parts) all.push(part)
      } catch (error) {
        await writeUnsynced(path, all)
        journal?.written(path, false)
        throw error
      }
      await write(path, all)
      return all.reduce((sum, part) => sum + part.byteLength, 0)
    },

    async link(from, to) {
      const { kind, task, where } = at(to)
      if (kind === 'record') await trigger.pass('record-unlinked', task)
      if (kind === 'published') await trigger.pass('before-link', task)
      if (kind === 'owner') await trigger.pass('taking', task)
      if (kind === 'table') await trigger.pass('before-table', task)
      fail('link', { kind, task, where })
      if (kind === 'record' && sabotage === 'create') {
        await real.rename(from, to)
        journal?.renamed(from, to)
      } else {
        await real.link(from, to)
        seen.delete(to)
        journal?.linked(from, to)
      }
      if (kind === 'record') await trigger.pass('record-linked', task)
      if (kind === 'published') await trigger.pass('after-link', task)
      if (kind === 'table') await trigger.pass('after-table', task)
    },

    async rename(from, to) {
      fail('link', at(to))
      await real.rename(from, to)
      seen.delete(to)
      journal?.renamed(from, to)
    },

    async unlink(path) {
      const place = at(path)
      if (place.kind === 'staged') await trigger.pass(isPublished(path) ? 'before-unstage' : 'mid-cleanup', place.task)
      if (place.kind === 'record' || place.kind === 'state') await trigger.pass('mid-cleanup', place.task)
      fail('unlink', place)
      await real.unlink(path)
      journal?.unlinked(path)
    },

    async removeFolder(path) {
      fail('unlink', at(path))
      await real.removeFolder(path)
      journal?.removed(path)
    },

    async syncFolder(path) {
      fail('fsync', at(path))
      if (noFolders) return
      const began = journal?.syncing(path)
      await real.syncFolder(path)
      if (began !== undefined) journal?.synced(path, began)
    },
  }
}
