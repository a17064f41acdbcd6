import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineSchema, instant, into, mapRows, pipeline, type Schema } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { jsonSink, parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { duck, folder, tree } from '../../test/helpers.ts'

const Thing = defineSchema(z.object({ id: z.int(), team: z.string(), at: instant() }), { name: 'thing', time: 'at' })
type Thing = { id: number; team: string; at: Date }
const Bounded: Schema<Thing> = defineSchema(z.object({ id: z.int(), team: z.string().max(60), at: instant() }), { name: 'thing', time: 'at' })

/** A run over three rows, one of which has a team of 300 characters. */
async function start(root: string) {
  const file = join(root, 'things.jsonl')
  const row = (id: number, team: string) => `${JSON.stringify({ id, team, at: '2026-11-21T12:00:00.000Z' })}\n`
  await writeFile(file, row(1, 'a') + row(2, 'x'.repeat(300)) + row(3, 'b'))
  const dir = join(root, 'things')
  const run = (schema: Schema<Thing>, map: ((row: Thing) => Thing) | null, dead = false) =>
    pipeline({
      name: 'things',
      source: jsonLines(file, { schema }),
      log: commitLog(join(root, 'log')),
      range: { rows: 1 },
      ...(dead ? { deadLetters: jsonSink(join(root, 'dead')) } : {}),
      flows: (things) => ({
        things: (map ? things.pipe(mapRows(schema, map)) : things).pipe(into(parquetSink<Thing>(dir, { partitionBy: ['team'] }))),
      }),
    }).run({ handleSignals: false })
  const ids = async () => (await duck(`SELECT id FROM read_parquet('${dir}/**/*.parquet') ORDER BY id`)).map(({ id }) => Number(id))
  return { run, ids, dead: join(root, 'dead') }
}

const refusal = { code: 'SINK_FAILED', retryable: false, message: expect.stringMatching(/"team" is too long.*mapRows.*deadLetters/) }

test('3.14 a value too long for a folder is found before its range is recorded, and cutting it with mapRows continues', async () => {
  const root = await folder()
  const { run, ids } = await start(root)
  await expect(run(Thing, null)).rejects.toMatchObject(refusal)
  // What is recorded is published, and nothing of the refused range is left recorded.
  await expect(run(Thing, null)).rejects.toMatchObject(refusal)
  await run(Thing, (row) => ({ ...row, team: row.team.slice(0, 60) }))
  expect(await ids()).toEqual([1, 2, 3])
  expect((await tree(join(root, 'things'))).filter((path) => path.startsWith('team=xxx') && path.endsWith('.parquet'))).toHaveLength(1)
})

test('bounding it in the schema sends such messages to dead letters, in the same log', async () => {
  const { run, ids, dead } = await start(await folder())
  await expect(run(Thing, null)).rejects.toMatchObject(refusal)
  expect(await run(Bounded, null, true)).toMatchObject({ how: 'done', rejected: 1 })
  expect(await ids()).toEqual([1, 3])
  expect(await duck(`SELECT count(*)::INT AS n FROM read_json('${dead}/*.jsonl')`)).toEqual([{ n: 1 }])
})
