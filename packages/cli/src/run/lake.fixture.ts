import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folder } from '../log/logs.fixture.ts'

const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)

/** Writes a module that exports a pipeline of generated tickets, or what `exported` makes of `lake`, `feeds` and `dashboard`. */
export async function lakeModule(tickets: string, exported = 'lake()', more = ''): Promise<string> {
  const dir = await folder()
  const path = join(dir, 'lake.mjs')
  await writeFile(
    path,
    `
import { generator, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { dashboard } from '@tickets/monitor'
import { jsonSink } from '@tickets/sinks'
import { feeds } from ${url('../feeds/feeds.ts')}
const lake = (options = {}) => pipeline({
  name: 'lake',
  source: generator({ ${tickets} }),
  log: commitLog(${JSON.stringify(join(dir, 'log'))}),
  range: { time: '100 ms' },
  flows: (rows) => ({ all: rows.pipe(into(jsonSink(${JSON.stringify(join(dir, 'all'))}))) }),
  ...options,
})
${more}
const made = ${exported}
export { made as default }`,
  )
  return path
}
