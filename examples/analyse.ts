// Ten questions of a support lead, asked of the lake with DuckDB and, with --warehouse, of the star schema: node examples/analyse.ts
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { chartOf } from './analyse/charts.ts'
import { openLake } from './analyse/lake-reader.ts'
import { ensureLake, ensureWarehouse } from './analyse/make.ts'
import { type Answers, questions } from './analyse/questions.ts'
import { answerTable, writeReport } from './analyse/report.ts'
import { analyseSettings } from './analyse/settings.ts'
import { openWarehouse } from './analyse/warehouse-reader.ts'
import { main } from './shared/main.ts'

/** The answers to all questions of a kind, one after another. */
async function askAll(kind: 'lake' | 'warehouse', reader: Answers & { close(): unknown }) {
  try {
    const asked = []
    for (const one of await questions(kind)) asked.push({ ...one, answer: await reader.ask(one.sql) })
    return asked
  } finally {
    await reader.close()
  }
}

await main(async () => {
  const { lake, output, warehouse, tickets, seed } = analyseSettings()
  const stopped = () => console.log('Stopped early: run it again, and it continues.')
  const found = await ensureLake({ lake, tickets, seed })
  if (found === 'stopped') return stopped()
  const fromLake = await askAll('lake', await openLake(lake))
  for (const { name, question, answer } of fromLake) console.log(`\n${name}: ${question}\n${answerTable(answer)}`)
  const reported = fromLake.map((one) => ({ ...one, chart: chartOf(one.name, one.answer) }))
  await writeReport(output, reported)
  console.log(`\nTables and charts are in ${join(output, 'README.md')}.`)
  if (warehouse === undefined) return

  const complete = await ensureWarehouse({ url: warehouse, lake, isOurs: found === 'made', tickets, seed })
  if (!complete) return stopped()
  const fromWarehouse = await askAll('warehouse', await openWarehouse(warehouse))
  const different = fromWarehouse.filter(({ answer }, i) => !isDeepStrictEqual(answer, fromLake[i]?.answer))
  for (const { name, question, answer } of different) console.log(`\n${name}, by the warehouse: ${question}\n${answerTable(answer)}`)
  const why = different.length === 0 ? '' : ' It holds other tickets than the lake.'
  console.log(`\nThe warehouse gives the same answer to ${fromWarehouse.length - different.length} of ${fromWarehouse.length} questions.${why}`)
})
