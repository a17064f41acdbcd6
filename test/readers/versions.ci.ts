import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineSchema, instant, into, pipeline, type Schema } from '@tickets/core'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { parquetSink, versioned } from '@tickets/sinks'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { readersPython } from './python.ts'

const First = defineSchema(z.object({ id: z.string(), at: instant(), n: z.int32() }), { name: 'thing', time: 'at' })
const Wider = defineSchema(z.object({ id: z.string(), at: instant(), n: z.number(), note: z.string().optional() }), { name: 'thing', time: 'at' })
const Other = defineSchema(z.object({ id: z.string(), at: instant(), name: z.string() }), { name: 'thing', version: 2, time: 'at' })

const script = `
import json, sys, pyarrow, pyarrow.dataset
versions = [pyarrow.dataset.dataset(f'{sys.argv[1]}/{v}') for v in ('v1', 'v2')]
schemas = [pyarrow.dataset.dataset(file).schema for version in versions for file in version.files]
schema = pyarrow.unify_schemas(schemas, promote_options='permissive')
both = pyarrow.dataset.dataset([pyarrow.dataset.dataset(f'{sys.argv[1]}/{v}', schema=schema) for v in ('v1', 'v2')])
rows = both.to_table(columns=['id', 'n', 'note', 'name']).sort_by('id').to_pylist()
print(json.dumps({'types': {field.name: str(field.type) for field in schema}, 'rows': rows}))
`

async function run(root: string, schema: Schema<{ id: string; at: Date }>, rows: number): Promise<void> {
  const row = (i: number) => ({ id: `id-${i}`, at: '2026-11-21T12:00:00.000Z', n: i, name: `name ${i}`, note: `note ${i}` })
  const source = memorySource({ schema, until: 'now', topic: 'things', partitions: [messagesOf(Array.from({ length: rows }, (_, i) => row(i)))] })
  await versioned(join(root, 'lake'), { log: join(root, 'log'), onIncompatible: 'next' }, ({ log, path, onwards }) =>
    pipeline({
      name: 'things',
      source: onwards(source),
      log,
      flows: (things) => ({ things: things.pipe(into(parquetSink(path('things')))) }),
    }),
  ).run({ handleSignals: false })
}

test('pyarrow reads two versions, one of them with a widened schema, as one table', async () => {
  const root = await mkdtemp(join(tmpdir(), 'tickets-versions-'))
  try {
    await run(root, First, 1)
    await run(root, Wider, 2)
    await run(root, Other, 3)
    const said = JSON.parse(execFileSync(await readersPython(), ['-c', script, join(root, 'lake/things')], { encoding: 'utf8' }))
    expect(said).toEqual({
      types: { id: 'string', at: 'timestamp[ms, tz=UTC]', n: 'double', note: 'string', name: 'string' },
      rows: [
        { id: 'id-0', n: 0, note: null, name: null },
        { id: 'id-1', n: 1, note: 'note 1', name: null },
        { id: 'id-2', n: null, note: null, name: 'name 2' },
      ],
    })
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
