import type { Contestant } from '../contestant.ts'
import { pythonWith } from '../shared/python.ts'
import { pythonCommand } from './commands.ts'

const VERSION = '2.1.0'
const python = () => pythonWith('polars', [`polars==${VERSION}`])

export const polars: Contestant<string> = {
  name: 'polars',
  title: 'polars, a lazy query',
  from: 'file',
  tuning: '2 threads, streaming engine; four sinks of one plan',
  install: async () => {
    await python()
    return { polars: VERSION }
  },
  run: async (job) => ({ ...pythonCommand(await python(), './polars-job.py', job), env: { POLARS_MAX_THREADS: '2' } }),
}
