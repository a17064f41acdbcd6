import type { Contestant } from '../contestant.ts'
import { pythonWith } from '../shared/python.ts'
import { pythonCommand } from './commands.ts'

const VERSION = '2.0.0'
const python = () => pythonWith('duckdb', [`duckdb==${VERSION}`])

export const duckdb: Contestant<string> = {
  name: 'duckdb',
  title: 'DuckDB, a batch query',
  from: 'file',
  tuning: '2 threads, insertion order not kept; the file parsed once into a table, then four COPY',
  install: async () => {
    await python()
    return { duckdb: VERSION }
  },
  run: async (job) => pythonCommand(await python(), './duckdb-job.py', job),
}
