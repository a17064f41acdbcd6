// The four datasets from a file: node ours.job.ts <input> <out> <scratch>, where the last two are folders or places in a bucket.
import { pipeline, Ticket } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { jsonSink } from '@tickets/sinks'
import { fourOutputs } from '../shared/four-outputs.ts'
import { placeIn } from '../shared/place-in.ts'
import { report } from '../shared/report.ts'

const [input = '', out = '', scratch = ''] = process.argv.slice(2)
const [outAt, scratchAt] = [await placeIn(out), await placeIn(scratch)]

await report(() =>
  pipeline({
    name: 'bench',
    source: jsonLines(input, { schema: Ticket, complete: true }),
    log: commitLog(scratchAt('log')),
    deadLetters: jsonSink(scratchAt('dead_letters')),
    maxOutOfOrderness: '5 seconds',
    flows: fourOutputs(outAt),
  }).run(),
)
