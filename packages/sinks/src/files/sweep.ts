import { join } from 'node:path'
import type { TaskId } from '@tickets/core'
import { type FileLayer, removeFolderWithFiles, unless } from '@tickets/core/node'
import { fault } from './file-errors.ts'
import { parseRangeFolder, taskFolder } from './names.ts'

/**
 * Removes what no record can name any more (protocol 3.8): staging under a number below the head's, and other attempts at the head's.
 * A higher number may be another worker's that is about to be recorded.
 */
export async function sweepStaging(
  files: FileLayer,
  target: string,
  task: TaskId,
  head: { readonly n: number; readonly attempt: string },
): Promise<void> {
  const folders = [taskFolder(target, task)]
  // Earlier releases staged without a folder for the flow. A flow of the task's own name has its tasks there.
  if (task.flow !== '' && task.flow !== task.task) folders.push(taskFolder(target, { ...task, flow: '' }))
  try {
    for (const folder of folders) {
      for (const name of await unless(files.readFolder(folder), ['ENOENT'], [])) {
        const range = parseRangeFolder(name)
        if (range && (range.n < head.n || (range.n === head.n && range.attempt !== head.attempt)))
          await removeFolderWithFiles(files, join(folder, name))
      }
    }
  } catch (error) {
    throw fault(error, 'removing old staged files of', target)
  }
}
