/** Where a topic of tickets is. Its messages are the lines of the file that contestants from a file read, keyed by client. */
export interface Topic {
  readonly brokers: string
  readonly topic: string
  readonly partitions: number
}

/** What one run of a contestant is about. */
export interface Job<Input extends string | Topic = string | Topic> {
  /** A file of JSON Lines, alone in its folder; or a topic whose messages are all there. */
  readonly input: Input
  /** An absolute path of a folder that is there and empty. Datasets go into folders of it named as in `DATASETS`. */
  readonly out: string
  /** A folder for checkpoints, logs and state: there and empty, deleted after the run. */
  readonly scratch: string
  readonly rows: number
  /** Letters, digits and dashes, new for each run: for consumer groups and application ids. */
  readonly id: string
}

/**
 * A process that does the job. When all files are in place it prints one line, `BENCH {"seconds": 1.234}`: from the start of the work (all is
 * imported, and what its users start once, such as a session, is started) to the last committed file. It then ends; what is still there after
 * `grace` is killed, which is no failure. Other lines are kept for the error message only.
 */
export interface Command {
  readonly command: string
  readonly args: readonly string[]
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Milliseconds that it may take to end after its line; 10,000 by default. */
  readonly grace?: number
}

/** One who does the job: reads tickets, and writes the four datasets. */
export interface Contestant<Input extends string | Topic = string | Topic> {
  /** As in `--only`: small letters, digits and dashes. */
  readonly name: string
  /** As in tables: 'Spark Structured Streaming, four queries'. */
  readonly title: string
  readonly from: Input extends string ? 'file' : 'kafka'
  /** What to know about the setting, in one line: 'local[2], 2 shuffle partitions, driver 4 GiB'. */
  readonly tuning: string
  /** The most rows that it is asked to do, where more would only take long; a million from Kafka, without a limit from a file. */
  readonly most?: number
  /**
   * Makes it ready, once a run, below `.cache/bench`; done before, it is quick. Gives the versions that matter: `{ spark: '4.1.1', java: '17.0.15' }`.
   * What it throws is the reason why the contestant is reported as missing.
   */
  install(): Promise<Readonly<Record<string, string>>>
  run(job: Job<Input>): Command | Promise<Command>
}

/** A contestant that is kept with others, whatever it reads. */
export type AnyContestant = Contestant<string> | Contestant<Topic>

/**
 * The datasets, each a folder of Parquet files with snappy (any depth, `*.parquet`); more columns are allowed, in any order.
 *
 * - `tickets_with_assignment`: the six columns of a ticket and `assigned_team`; `created_at` is a timestamp
 * - `high_priority_tickets`: the same of those with priority high or critical
 * - `tickets_by_type`: `window_start` (a timestamp), `request_type`, `tickets` (how many), `clients` (how many different ones), for each minute
 * - `tickets_by_priority`: the same by `priority`
 *
 * Where a window comes more than once, `revision` (an integer) says which is the last. Windows that end after the largest event time less 5 seconds
 * may be missing, as for anyone who waits that long for tickets out of order; those that are there have to be right.
 */
export const DATASETS = ['tickets_with_assignment', 'high_priority_tickets', 'tickets_by_type', 'tickets_by_priority'] as const
