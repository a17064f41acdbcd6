/** Where a worker can die. Each name says what has just been done, or what is about to be. */
export const points = {
  'before-stage': 'rows are in memory, nothing was written',
  'before-folder': 'the range is cut, its folder in the staging is about to be made',
  'before-file': 'a staged file is about to be written; others of the range may be there',
  'mid-file': 'half of a staged file is written',
  'file-unsynced': 'a staged file is written and closed, not fsynced',
  'mid-snapshot': 'half of a state file is written',
  'snapshot-unsynced': 'a state file is written, not fsynced',
  staged: 'all is staged and fsynced, there is no record',
  'record-half': 'half of the temporary file of the record is written',
  'record-unlinked': 'the temporary file of the record is fsynced, it has no name yet',
  'record-linked': 'the record has its name, its folder is not fsynced',
  recorded: 'the record is durable, nothing is published',
  'before-link': 'a staged file is about to get its published name; others may have theirs',
  'after-link': 'a file is visible, its folder is not fsynced, its staged name is there',
  'before-unstage': 'the files are visible and durable, a staged name is about to go',
  'before-publish': 'a sink is about to publish its part of the range; others may have published theirs',
  'after-publish': 'a sink has published its part of the range; others may have theirs to do',
  published: 'all is visible, the offset is not committed',
  'offset-committed': 'the offset is on its way, nothing is cleaned up',
  'before-sweep': 'old staging is about to be removed',
  'mid-cleanup': 'a file of old staging or state, or an old record, is about to be removed',
  opening: 'the log is recovered, the source is about to be opened',
  'after-begin': 'the pipeline record is there, the targets are not taken yet',
  taking: 'a target is being taken: the mark of its owner is about to be linked',
  'upload-begun': 'an upload of a staged file is begun in the bucket, none of its content is there',
  'part-sent': 'the content of a staged file is in the bucket; nobody but its writer knows of the upload',
  'before-create': 'a record is about to be created in the bucket',
  'after-create': 'a record is in the bucket, its writer has not looked at the answer',
  'before-complete': 'an upload is about to become visible; others of the range may be',
  'after-complete': 'an upload has become visible, its writer has not looked at the answer',
  'before-table': 'a commit of a table is about to be created',
  'after-table': 'a commit of a table is there; its folder is not fsynced, or its writer has not looked at the answer',
  'before-abort': 'an old upload is about to be aborted',
} as const

export type PointName = keyof typeof points

export interface Point {
  readonly at: PointName
  /** Whose step it is; any task's when absent. */
  readonly task?: 'merge' | 'partition'
  /** Only in recovery, or only after it; both when absent. */
  readonly phase?: 'recovery' | 'run'
  /** The how-manieth time, from 1. */
  readonly nth: number
  /**
   * `report`: tell, and stand still until killed from outside. `freeze`: tell, and stop as by SIGSTOP.
   * `term`: SIGTERM to ourselves and continue. `hang`: SIGTERM, and never finish this step, so that the drain's deadline comes.
   */
  readonly how: 'report' | 'freeze' | 'term' | 'hang'
}

/** A fault of the disk: the calls from the nth on, `times` of them, fail with the code. */
export interface DiskFault {
  readonly call: 'write' | 'fsync' | 'link' | 'unlink' | 'mkdir' | 'read'
  readonly where: 'log' | 'output'
  readonly code: 'ENOSPC' | 'EIO' | 'EMFILE' | 'EACCES'
  readonly nth: number
  readonly times: number
}

/** The rules of the protocol that a worker can break on purpose, and how. */
export const sabotages = {
  fsync: 'fsyncs of files and folders do nothing (3, steps 1 to 3)',
  'fsync-folders': 'fsyncs of folders do nothing (3, steps 1 to 3; 3.4)',
  create: 'a record is renamed over one that stands (3.1)',
  attempt: 'all processes use one attempt id (3.3)',
  listing: 'a higher record is not looked for after the commit (3.5)',
  sweep: 'the sweep removes all that the head does not name (3.8)',
  'no-sweep': 'the sweep removes nothing (3.8)',
  redo: 'recovery does not publish the head (3.6)',
  early: 'files are published before they are recorded (3)',
  alias: 'targets are compared by what they are called (1.4)',
  behind: 'no target says how far the log has come (1.4)',
  'one-log': 'a process follows the log to the one begun anew at its path (2.1)',
  owner: 'the owner of a target is not looked at again once it was seen (1.4, 1.5)',
  unchecked: 'a staged file is published as it is found (3.13)',
  expired: 'a transaction that expired counts as one that another process fenced (6.5)',
  'iceberg-progress': 'how far a table has come is not looked at before a commit (6.7)',
  's3-content': 'a record that stands in the bucket counts as ours, whatever it holds (10.1)',
  's3-look': 'an upload that is gone counts as lost, without a look at its key (10.3)',
  's3-above': 'the sweep aborts uploads above the head (10.4)',
  's3-below': 'the sweep aborts no uploads (10.4)',
  empty: 'an answer without records counts as a gap (kafka-source/src/source/partition-queue.ts)',
} as const

export type Sabotage = keyof typeof sabotages

/** Topics that a pipeline writes to. */
export interface SentTo {
  readonly high: string
  readonly dead: string
}

/** Databases, by their URLs, that take exploded rows. */
export interface NestedIn {
  readonly mariadb: string
  readonly postgres: string
}

/** Topics that tickets are joined with, and where totals go: a topic, and databases by their URLs. */
export interface JoinedWith {
  readonly plans: string
  readonly calls: string
  readonly totals: string
  readonly mariadb: string
  readonly postgres: string
}

/** A bucket that takes the place of the folders, and how to speak to it. */
export interface BucketConfig {
  readonly endpoint: string
  readonly bucket: string
  /** How often the client sends one request. */
  readonly maxAttempts?: number
}

export interface WorkerConfig {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly group: string
  /** Holds `out` and `log`. */
  readonly home: string
  readonly point?: Point
  readonly faults?: readonly DiskFault[]
  readonly sabotage?: Sabotage
  /** Where every change of the files is written down for the loss of power. */
  readonly journal?: string
  /** At most so many rows a read, and a pause after each. */
  readonly pace?: { readonly rows: number; readonly ms: number }
  /** How long each write to the first sink takes. */
  readonly slowSink?: number
  readonly rangeRows?: number
  readonly rangeTime?: number
  /** `overwrite`: file sinks take their targets over from another log. */
  readonly mode?: 'append' | 'overwrite'
  /** How long a transaction into a topic may take, and how large its requests are. */
  readonly transactionTimeout?: number
  readonly batchBytes?: number
  /** How often a task is opened again. */
  readonly retries?: number
  readonly stallTimeout?: number
  /** How much of a partition one fetch asks for. */
  readonly partitionBytes?: number
  /** High priority tickets go to one topic too, and dead letters to the other instead of files. */
  readonly topics?: SentTo
  /** Tickets and windows go to datasets in `lake` too, the tickets in Hive partitions; another process compacts them. */
  readonly lake?: boolean
  /** Log and datasets are in a bucket, and nothing on the disk. */
  readonly bucket?: BucketConfig
  /** Tickets go to a Delta table and an Iceberg table too, which stand among the datasets. */
  readonly tables?: boolean
  /** Tickets and windows go to such tables by key too, where later rows replace earlier ones. */
  readonly keyed?: boolean
  /** The compactor ends after one pass. */
  readonly once?: boolean
  /** They go to the star schema in this database too. */
  readonly warehouse?: string
  /** Nested rows go to files, their exploded lists to tables of these databases too. */
  readonly nested?: NestedIn
  /** Tickets are joined with a table and with a stream, and their totals kept by client. The topic is keyed by client. */
  readonly joined?: JoinedWith
  readonly until: 'now' | 'never'
  readonly drainTimeout?: number
  readonly retryFor?: number
  /** The broker's address is reached through this port. */
  readonly through?: number
  readonly sessionTimeout?: number
}

/** What a worker says, a line each. */
export type Said =
  | { readonly point: PointName; readonly task: string }
  | { readonly assigned: readonly string[] }
  | { readonly ranges: number }
  | { readonly done: string; readonly rows: number }
  | { readonly error: string; readonly code: string; readonly retryable: boolean }
  | { readonly warn: string }
  | { readonly merged: number }
