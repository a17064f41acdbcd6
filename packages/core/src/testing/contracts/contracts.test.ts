import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, test } from 'vitest'
import { Event, type Event as EventRow, messages } from '../../../test/lake.ts'
import { jsonLines } from '../../node/json-lines/json-lines.ts'
import { commitLog } from '../../node/log/commit-log.ts'
import { generator } from '../../tickets/generator/generator.ts'
import { memoryLog } from '../memory-log.ts'
import { memorySink } from '../memory-sink.ts'
import { memorySource } from '../memory-source.ts'
import type { Case } from './case.ts'
import { logContract } from './log-contract.ts'
import { sinkContract } from './sink-contract.ts'
import { sourceContract } from './source-contract.ts'

const apply = (what: string, cases: readonly Case[]) =>
  describe(what, () => {
    for (const { name, run } of cases) test(name, run)
  })

const folders: string[] = []
const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'contract-'))
  folders.push(path)
  return path
}
afterAll(async () => {
  for (const path of folders) await rm(path, { recursive: true, force: true })
})

apply(
  'memoryLog',
  logContract({
    make: async () => {
      const log = memoryLog()
      return () => log
    },
  }),
)
apply(
  'commitLog',
  logContract({
    make: async () => {
      const path = join(await folder(), 'log')
      return () => commitLog(path)
    },
  }),
)

apply(
  'memorySink',
  sinkContract<EventRow>({
    schema: Event,
    row: (i) => ({ at: new Date(i * 1000), kind: 'a', who: i }),
    make: async () => {
      const sink = memorySink<EventRow>()
      return { open: () => sink, visible: async () => (sink.files.size === 0 ? null : sink.rows), staged: async () => sink.staged }
    },
  }),
)

const script = [1, 2, null, 3, 'not JSON', 5, 4, null, null, 9, 20, 21, 22, null]
apply(
  'memorySource',
  sourceContract({
    make: async () => {
      const partitions = [messages(script), messages([]), messages([7])]
      return { open: () => memorySource({ schema: Event, partitions, chunk: 5 }), beyond: 99 }
    },
  }),
)
apply('generator', sourceContract({ make: async () => ({ open: () => generator({ tickets: 50, partitions: 2, seed: 7 }), beyond: 26 }) }))
for (const complete of [true, false]) {
  apply(
    `jsonLines, complete: ${complete}`,
    sourceContract({
      make: async () => {
        const path = join(await folder(), 'events.jsonl')
        const lines = messages(script).map(({ value }) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(value ?? undefined))
        await writeFile(path, `${lines.join('\n\n')}\n`)
        return { open: () => jsonLines(path, { schema: Event, complete }), beyond: 1e6 }
      },
    }),
  )
}
