import type { Scope } from '../../dataflow/scope.ts'
import type { WindowedDefinition } from './definition.ts'
import type { WindowedOutput } from './output.ts'
import { streamWindows } from './stream-windows.ts'
import type { Stage } from './task-stage.ts'

/**
 * Counts the windows of another `windowed`, in the merge: each once, when every task has closed it. Takes the operator's place in the scope from
 * its task stage.
 */
export function mergeStage(definition: WindowedDefinition, scope: Scope, output: WindowedOutput): Stage {
  const windows = streamWindows(definition, output.display, { keepsState: true })
  scope.moveToMergeStage({
    id: definition.id,
    // Versions 2 and 3 hold the state of a merge of that version.
    version: 3,
    rangeEnd: () => {},
    advance: (frontier) => output.emitSome(windows.advance(output.delayed(frontier))),
    snapshot: (whole) => windows.snapshot(whole),
    restore: (snapshot) => windows.restore(snapshot),
  })
  return {
    next(batch) {
      if (batch.length === 0) output.emit([])
      else output.late(batch, windows.add(batch))
    },
  }
}
