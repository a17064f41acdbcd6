/** Peers side by side: `pnpm bench`, options by `pnpm bench --help`. README.md says what is measured. */
import { contestants } from './contestants.ts'
import { loadResult, saveResult } from './results.ts'
import { compete } from './runner/compete.ts'
import { circumstances, inWords } from './runner/machine.ts'
import { benchOptions } from './runner/options.ts'
import { type PeersResult, peersTable } from './runner/peers-table.ts'
import { recordAll, writePage } from './runner/record.ts'
import { versusNotes, versusTable } from './runner/versus.ts'
import { withOthers } from './runner/with-others.ts'
import { printTable } from './shared/print.ts'

async function bench(): Promise<void> {
  const options = benchOptions(process.argv.slice(2))
  if (!options) return
  const { only, vs, rows, repeats, timeout, json, record, keep } = options
  const before = circumstances()
  const outcomes = await compete({
    contestants: contestants.filter(({ name }) => only.includes(name)),
    rows,
    repeats,
    timeout,
    say: (line) => console.error(line),
  })
  const result: PeersResult = { circumstances: before, repeats, outcomes }
  if (json) console.log(JSON.stringify(vs ? { ...result, ratios: versusTable(result) } : result))
  else if (vs) {
    printTable(versusTable(result))
    for (const line of versusNotes(result)) console.log(line)
  } else {
    console.log(inWords(before))
    for (const count of rows) {
      for (const from of ['file', 'kafka'] as const) {
        const shown = peersTable(result, count, from)
        if (shown.length > 0) console.log(`\n${count.toLocaleString('en')} tickets, from ${from === 'file' ? 'a file' : 'Kafka'}`)
        printTable(shown)
      }
    }
  }
  if (record) {
    saveResult('peers', result)
    await recordAll(options)
  } else if (keep) {
    saveResult('peers', withOthers(loadResult<PeersResult>('peers'), result))
    await writePage()
  }
  if (outcomes.some(({ status }) => status === 'wrong' || status === 'failed')) process.exitCode = 1
}

try {
  await bench()
} catch (error) {
  console.error(`error: ${(error as Error).message}`)
  process.exitCode = 1
}
