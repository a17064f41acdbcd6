import { into, pipeline } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { parquetSink } from '@tickets/sinks'
import { report } from '../shared/report.ts'
import { type Kind, schemas } from './rows.ts'

const [kind = 'flat', input = '', out = ''] = process.argv.slice(2)

await report(() =>
  pipeline({
    name: 'nested',
    source: jsonLines(input, { schema: schemas[kind as Kind], complete: true }),
    log: commitLog(`${out}/log`),
    maxOutOfOrderness: '5 seconds',
    flows: (rows) => ({ rows: rows.pipe(into(parquetSink(`${out}/rows`))) }),
  }).run(),
)
