import { join } from 'node:path'
import { type Sink, TicketsError } from '@tickets/core'
import { type FileLayer, nodeFiles, removeFolderWithFiles, unless } from '@tickets/core/node'
import type { Encoder } from './encoder.ts'
import { fault } from './faults.ts'
import { checkName, stagingOf, targetPath } from './names.ts'
import { checkMoved, checkOwner, readOwner, takeOwnership } from './owner.ts'
import { despiteOthers, removeMade, tryTarget } from './trial.ts'
import { stagedFileWriter } from './writer.ts'

/** What every file sink takes. */
export interface StagedFileOptions {
  /**
   * `append` (the default) adds to a folder that no other log writes to; `overwrite` replaces what is there, once, when a new log begins.
   * Resuming a log never overwrites.
   */
  readonly mode?: 'append' | 'overwrite'
  /** A range with more rows than this becomes several files; no limit by default. */
  readonly maxRowsPerFile?: number
  /** @internal What stands between the sink and the file system; tests inject faults here. */
  readonly files?: FileLayer
}

/** Removes what logs that lost the target had staged: folders of tasks, with folders of ranges in them. */
async function removeStagingOf(files: FileLayer, target: string, logs: readonly string[]): Promise<void> {
  const staging = stagingOf(target)
  const inside = (folder: string) => unless(files.readFolder(folder), ['ENOENT'], [] as string[])
  for (const log of (await inside(staging)).filter((name) => logs.includes(name))) {
    for (const task of await inside(join(staging, log))) {
      for (const range of await inside(join(staging, log, task))) await removeFolderWithFiles(files, join(staging, log, task, range))
      await unless(files.removeFolder(join(staging, log, task)), ['ENOENT'], undefined)
    }
    await unless(files.removeFolder(join(staging, log)), ['ENOENT'], undefined)
  }
}

/**
 * A sink that writes files to a folder in two phases: staged in a hidden folder below it, linked to their names once they are recorded.
 * `load` gives the encoder when a writer opens.
 *
 * @throws `OPTION_INVALID` at once; later `TARGET_UNUSABLE`, `TARGET_OWNED`, `SCHEMA_MISMATCH`, `SINK_FAILED`, `ENCODER_FAILED`, `STAGED_LOST`.
 */
export function stagedFileSink(path: string, format: string, load: () => Promise<Encoder>, options: StagedFileOptions = {}): Sink<unknown> {
  const { mode = 'append', maxRowsPerFile = Number.POSITIVE_INFINITY, files = nodeFiles } = options
  const target = targetPath(path)
  if (mode !== 'append' && mode !== 'overwrite')
    throw new TicketsError('OPTION_INVALID', `mode is 'append' or 'overwrite', got ${JSON.stringify(mode)}`)
  if (!(maxRowsPerFile === Number.POSITIVE_INFINITY || (Number.isSafeInteger(maxRowsPerFile) && maxRowsPerFile > 0))) {
    throw new TicketsError('OPTION_INVALID', `maxRowsPerFile is a whole number from 1, got ${String(maxRowsPerFile)}`)
  }
  const published = async () => {
    const found: string[] = []
    for (const name of await files.readFolder(target)) {
      // Datasets may lie below this one: their folders are not ours.
      if (name.startsWith('part-') && (await files.stat(join(target, name)))?.kind === 'file') found.push(name)
    }
    return found.sort()
  }
  return {
    target: `file:${target}`,
    format,

    async prepare({ id }) {
      const made = await tryTarget(files, target)
      try {
        const takesOver = mode === 'overwrite'
        checkOwner(await readOwner(files, target), id, target, takesOver)
        return { takesOver, remove: takesOver ? await published() : [] }
      } catch (error) {
        throw fault(error, 'looking at', target)
      } finally {
        // The pipeline may still be refused for another reason: nothing of it should stay.
        await removeMade(files, made).catch(() => {})
      }
    },

    async begin({ id, takesOver, remove, moved = false }) {
      checkName('the id of a log', id)
      try {
        const before = await despiteOthers(async () => {
          await tryTarget(files, target)
          if (moved) await checkMoved(files, target, id)
          return takeOwnership(files, target, id, takesOver)
        })
        const old = remove.filter((name) => /^part-[^/\\]*$/.test(name) && !name.startsWith(`part-${id}-`))
        for (const name of old) await unless(files.unlink(join(target, name)), ['ENOENT'], undefined)
        if (old.length > 0) await files.syncFolder(target)
        await removeStagingOf(files, target, before)
      } catch (error) {
        throw fault(error, takesOver ? 'taking over' : 'opening', target)
      }
    },

    async open(task, schema) {
      checkName('the id of a log', task.logId)
      checkName('the name of a task', task.task)
      return stagedFileWriter({ target, task, schema, encoder: await load(), files, maxRowsPerFile, durable: new Set() })
    },
  }
}
