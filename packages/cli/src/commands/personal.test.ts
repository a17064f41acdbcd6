import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from '../log/logs.fixture.ts'
import { ticketsCli } from '../tickets.ts'

const module = (dir: string, before: string, made: string) => `
import { count, countDistinct, generator, into, pipeline, redact, tumbling, windowed, withColumn } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { jsonSink } from '@tickets/sinks'
import * as z from 'zod'
import { feeds } from ${JSON.stringify(new URL('../feeds/feeds.ts', import.meta.url).href)}
const lake = (name) => pipeline({
  name,
  source: generator({ tickets: 10 }),
  log: commitLog(${JSON.stringify(join(dir, 'log'))}),
  late: jsonSink('late'),
  deadLetters: jsonSink('dead'),
  flows: (rows) => ({
    all: rows.pipe(${before} into(jsonSink('all'))),
    counts: rows.pipe(windowed(tumbling({ size: '1 minute' }), { aggregate: { n: count(), who: countDistinct('client_id') } }), into(jsonSink('counts'))),
  }),
})
const made = ${made}
export { made as default }`

async function run(before: string, made: string, ...argv: string[]) {
  const dir = await folder()
  const path = join(dir, 'lake.mjs')
  await writeFile(path, module(dir, before, made))
  let [out, err] = ['', '']
  const code = await ticketsCli({ argv: ['personal', path, ...argv], print: (text) => (out += text), printError: (text) => (err += text) })
  return { code, out, err, left: (await readdir(dir)).filter((name) => name !== 'lake.mjs') }
}

const hashed = `redact({ fields: ['client_id'], how: 'hash', key: 'x'.repeat(16) }), redact({ fields: ['request'], how: 'drop' }),`

test('a table for each pipeline, and nothing is started', async () => {
  const { code, out, err, left } = await run(hashed, `() => lake('lake')`, '--check')
  expect([code, err, left]).toEqual([0, '', []])
  expect(out.replaceAll(`file:${process.cwd()}/`, '')).toBe(
    [
      'lake',
      'place                 personal columns    target',
      'source generator      client_id, request',
      'flow all              client_id (hashed)  all',
      'flow counts           none                counts',
      'late counts/windowed  client_id, request  late',
      'dead letters          client_id, request  dead',
      'log counts/windowed   client_id',
      '',
    ].join('\n'),
  )
})

test('feeds as JSON: one object for each', async () => {
  const { out } = await run('', `feeds({ a: { pipeline: () => lake('one') }, b: { pipeline: async () => lake('two') } })`, '--json')
  const found = JSON.parse(out)
  expect(found.map(({ pipeline }: { pipeline: string }) => pipeline)).toEqual(['one', 'two'])
  expect(found[1].places[1]).toEqual({
    place: 'flow',
    name: 'all',
    target: `file:${process.cwd()}/all`,
    columns: [
      { column: 'client_id', form: 'plain' },
      { column: 'request', form: 'plain' },
    ],
  })
})

test('a column that nobody marked is unknown, is explained, and fails a check', async () => {
  const more = `withColumn('note', z.string(), (t) => t.request),`
  const { code, out } = await run(more, `lake('lake')`, '--check')
  expect(code).toBe(1)
  expect(out).toContain('client_id, request, note (unknown)')
  expect(out).toContain('Mark its personal columns with .meta({ personal: true })')
  expect((await run(more, `lake('lake')`)).code).toBe(0)
})
