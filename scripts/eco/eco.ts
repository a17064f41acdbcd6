// Checks the twenty points by which the project around the code is judged: node scripts/eco/eco.ts, or some of them: node scripts/eco/eco.ts 1 2.
import { type Row, tryRow } from './check.ts'
import { benchRows } from './rows/bench.ts'
import { commandRows } from './rows/commands.ts'
import { docsRows } from './rows/docs.ts'
import { errorRows } from './rows/errors.ts'
import { firstRows } from './rows/first.ts'
import { packageRows } from './rows/packages.ts'
import { releaseRows } from './rows/release.ts'
import { watchRows } from './rows/watch.ts'

const rows: readonly Row[] = [
  ...firstRows,
  ...docsRows,
  ...errorRows,
  ...commandRows,
  ...watchRows,
  ...packageRows,
  ...releaseRows,
  ...benchRows,
].sort((a, b) => a.number - b.number)
const asked = process.argv.slice(2).map(Number)
const unknown = asked.filter((number) => !rows.some((row) => row.number === number))
if (unknown.length > 0) {
  console.error(`error: rows are the numbers 1 to ${rows.length}: ${process.argv.slice(2).join(' ')}`)
  process.exit(1)
}
const chosen = rows.filter(({ number }) => asked.length === 0 || asked.includes(number))
const failed: number[] = []
for (const row of chosen) if (!(await tryRow(row, console.log))) failed.push(row.number)
if (failed.length > 0) console.log(`failed: rows ${failed.join(', ')}`)
console.log(`${chosen.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1
