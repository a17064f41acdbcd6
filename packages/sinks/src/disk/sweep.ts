import { join } from 'node:path'
import type { TaskId } from '@tickets/core'
import { type Attempt, fileError, isSweepable, parseStagingName, removeFolderWithFiles, taskStaging } from '@tickets/core/internal'
import { type FileLayer, unless } from '@tickets/core/node'

/**
 * Removes the staged files of a task that no record can name any more (docs/internals/protocol.md#3.8).
 *
 * @param earlier also where earlier releases staged: without a folder for the flow
 */
export async function sweepStaging(files: FileLayer, target: string, task: TaskId, head: Attempt, earlier = true): Promise<void> {
  const folders = [join(target, taskStaging(task))]
  // A flow of the task's own name has its tasks in the folder of the earlier releases.
  if (earlier && task.flow !== '' && task.flow !== task.task) folders.push(join(target, taskStaging({ ...task, flow: '' })))
  try {
    for (const folder of folders) {
      for (const name of await unless(files.readFolder(folder), ['ENOENT'], [])) {
        const range = parseStagingName(name)
        if (range && isSweepable(range, head)) await removeFolderWithFiles(files, join(folder, name))
      }
    }
  } catch (error) {
    throw fileError(error, 'SINK_FAILED', `removing old staged files of ${target}`)
  }
}
