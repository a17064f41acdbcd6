import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRegistry } from '../packaging/local.ts'
import { pack, packages } from '../packaging/project.ts'
import { bundlerCells } from './bundlers.ts'
import { type Cell, type Outcome, runCells, tableOf } from './cell.ts'
import type { Place } from './consumer.ts'
import { managerCells } from './managers.ts'
import { nextCells } from './next.ts'
import { nodeCells } from './nodes.ts'
import { runnerCells } from './runners.ts'
import { typeCells } from './types.ts'

/** The parts of the matrix, by the names that the command line takes. */
const parts: Readonly<Record<string, (place: Place) => Promise<readonly Cell[]> | readonly Cell[]>> = {
  types: typeCells,
  bundlers: bundlerCells,
  managers: managerCells,
  nodes: nodeCells,
  next: nextCells,
  runners: runnerCells,
}

/** Packs what is built, publishes it to a registry on this machine, and runs cells from there. */
export async function runMatrix(choose: readonly ((place: Place) => Promise<readonly Cell[]> | readonly Cell[])[], say: (line: string) => void) {
  const home = await mkdtemp(join(tmpdir(), 'tickets-matrix-'))
  const registry = await startRegistry()
  const outcomes: Outcome[] = []
  try {
    for (const name of packages) await registry.publish(await pack(name, home))
    for (const cellsOf of choose) outcomes.push(...(await runCells(await cellsOf({ home, url: registry.url }), say)))
  } finally {
    await registry.stop()
    await rm(home, { recursive: true, force: true })
  }
  return outcomes
}

// `pnpm matrix [types] [bundlers] [managers] [nodes] [next] [runners]`; all of them where none is named.
if (import.meta.main) {
  const asked = process.argv.slice(2)
  const unknown = asked.filter((name) => !(name in parts))
  if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}: the parts are ${Object.keys(parts).join(', ')}`)
  const chosen = Object.entries(parts).filter(([name]) => asked.length === 0 || asked.includes(name))
  const outcomes = await runMatrix(
    chosen.map(([, cellsOf]) => cellsOf),
    console.log,
  )
  console.log(`\n${tableOf(outcomes)}`)
  if (outcomes.some(({ passed }) => !passed)) process.exitCode = 1
}
