import type { Contestant } from '../contestant.ts'
import { nodeCommand, nodeVersions, SMALL_HEAP } from './commands.ts'

export const ours: Contestant<string> = {
  name: 'tickets',
  title: '@tickets, from a file',
  from: 'file',
  tuning: 'defaults; one process, exactly once: files and commits synced to disk',
  install: async () => nodeVersions(),
  run: (job) => nodeCommand('./ours.job.ts', job),
}

/** The same with less memory. */
export const oursSmall: Contestant<string> = {
  ...ours,
  name: 'tickets-small',
  title: '@tickets, from a file, a small heap',
  tuning: `${SMALL_HEAP.NODE_OPTIONS}; the rest as above`,
  run: (job) => ({ ...nodeCommand('./ours.job.ts', job), env: SMALL_HEAP }),
}
