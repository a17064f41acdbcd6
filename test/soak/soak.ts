/**
 * Runs a pipeline for long while its broker is restarted, a sink is slow, members come and go, and its datasets are compacted:
 * `pnpm soak --minutes 30 [--rate 500] [--leak memory,handles,files] [--json] [--record]`. It fails when a row is lost or doubled, or when
 * memory, handles, lag, log or files grow. `--record` keeps the result, and writes docs/operations/soak.md and its pictures; `--page` only writes these
 * from the result that is kept.
 */
import { parseArgs } from 'node:util'
import { circumstances } from '../../bench/runner/machine.ts'
import { printTable } from '../../bench/shared/print.ts'
import { type Leak, leaks } from './config.ts'
import { keep, writePage } from './record.ts'
import { soak } from './run.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '500' },
    leak: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
  },
})
/** What is before fills caches, and state until `keepFor`. */
const JUDGE_FROM = 0.4
if (values.page) {
  writePage()
  process.exit()
}
const leak = leaks.filter((one) => values.leak.split(',').includes(one)) as Leak[]
const seconds = Number(values.minutes) * 60
const about = circumstances()
const found = await soak({
  seconds,
  rate: Number(values.rate),
  round: Math.min(90, seconds / 2),
  every: 5,
  range: 1_000,
  compactEvery: 20_000,
  judgeFrom: JUDGE_FROM,
  leak,
  ...(values.json ? {} : { say: console.log }),
})
if (values.json) console.log(JSON.stringify(found))
else {
  printTable(found.judgements.map(({ isFlat, ...figures }) => ({ ...figures, flat: isFlat ? 'yes' : 'NO' })))
  console.log({ produced: found.produced, ...found.verdict, failures: found.failures })
}
if (values.record) {
  keep(found, JUDGE_FROM, about)
  writePage()
}
process.exitCode = found.failures.length > 0 ? 1 : 0
