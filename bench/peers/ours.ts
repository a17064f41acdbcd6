import type { Contestant } from '../contestant.ts'
import { nodeCommand, nodeVersions } from './commands.ts'

export const ours: Contestant<string> = {
  name: 'tickets',
  title: '@tickets, from a file',
  from: 'file',
  tuning: 'defaults; one process, exactly once: files and commits synced to disk',
  install: async () => nodeVersions(),
  run: (job) => nodeCommand('./ours.job.ts', job),
}
