import type { Action, Add, MetaData, Protocol, Remove } from './actions.ts'

/** A Delta table as its log says it is after a version. */
export class TableState {
  /** The last version that was read; -1 where there is no table. */
  version = -1
  protocol: Protocol | null = null
  metaData: MetaData | null = null
  /** How far each writer has come, by its `appId`. */
  readonly txns = new Map<string, number>()
  /** The files of the table, by their paths. */
  readonly files = new Map<string, Add>()
  /** Files that were part of it, which those who read an older version still need. */
  readonly removed = new Map<string, Remove>()

  /** Adds what a commit, or a checkpoint, says. */
  apply(version: number, actions: Iterable<Action>): void {
    for (const { protocol, metaData, txn, add, remove } of actions) {
      if (protocol) this.protocol = protocol
      if (metaData) this.metaData = metaData
      if (txn) this.txns.set(txn.appId, Number(txn.version))
      if (add) {
        this.files.set(add.path, add)
        this.removed.delete(add.path)
      }
      if (remove) {
        this.files.delete(remove.path)
        this.removed.set(remove.path, remove)
      }
    }
    this.version = version
  }
}
