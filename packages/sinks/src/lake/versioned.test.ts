import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineSchema, instant, into, type Message, type Pipeline, pipeline, type Schema, type Source } from '@tickets/core'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { fileSink, versioned } from '@tickets/sinks'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { duck, folder, tree } from '../../test/helpers.ts'
import { storageAt } from '../disk/disk-storage.ts'
import { CREATED_BY, readManifest } from './dataset/versions.ts'

const at = instant()
const First = defineSchema(z.object({ id: z.string(), at, level: z.enum(['a', 'b']), n: z.int32() }), { name: 'thing', time: 'at' })
/** An optional column more, an enum value more, a wider number. */
const Wider = defineSchema(z.object({ id: z.string(), at, level: z.enum(['a', 'b', 'c']), n: z.number(), note: z.string().optional() }), {
  name: 'thing',
  version: 2,
  time: 'at',
})
const Other = defineSchema(z.object({ id: z.string(), at, name: z.string() }), { name: 'thing', version: 3, time: 'at' })

const text = (i: number) => JSON.stringify({ id: `id-${i}`, at: '2026-11-21T12:00:00.000Z', level: 'a', n: i, name: `name ${i}` })
const messages = (to: number): Message[] => messagesOf(Array.from({ length: to }, (_, i) => text(i)))

/** A lake of one dataset, run with this schema over the first rows of a source that grows. */
function lake(root: string, schema: Schema<{ id: string; at: Date }>, rows: number, onIncompatible?: 'next' | 'refuse'): Pick<Pipeline, 'run'> {
  const source: Source<{ id: string; at: Date }> = memorySource({ schema, partitions: [messages(rows)], until: 'now', topic: 'things' })
  return versioned(join(root, 'lake'), { log: join(root, 'log'), ...(onIncompatible ? { onIncompatible } : {}) }, ({ log, path, onwards }) =>
    pipeline({
      name: 'things',
      source: onwards(source),
      log,
      flows: (things) => ({ things: things.pipe(into(fileSink(path('things'), { format: 'parquet' }))) }),
    }),
  )
}

const quiet = { handleSignals: false }
const rowsOf = (root: string, version: string) =>
  duck(`SELECT * EXCLUDE ("at") FROM read_parquet('${root}/lake/things/${version}/**/*.parquet', union_by_name = true) ORDER BY id`)

test('a compatible change continues in the same version, another one begins the next where the last one stopped', async () => {
  const root = await folder()
  await lake(root, First, 2).run(quiet)
  await lake(root, Wider, 3).run(quiet)
  expect(await readdir(join(root, 'lake/things'))).toEqual(['v1'])
  expect(await rowsOf(root, 'v1')).toEqual([
    { id: 'id-0', level: 'a', n: 0, note: null },
    { id: 'id-1', level: 'a', n: 1, note: null },
    { id: 'id-2', level: 'a', n: 2, note: null },
  ])
  await lake(root, Other, 5, 'next').run(quiet)
  await lake(root, Other, 6, 'next').run(quiet)
  expect(await readdir(join(root, 'lake/things'))).toEqual(['v1', 'v2'])
  expect(await rowsOf(root, 'v2')).toEqual([
    { id: 'id-3', name: 'name 3' },
    { id: 'id-4', name: 'name 4' },
    { id: 'id-5', name: 'name 5' },
  ])
  expect((await rowsOf(root, '*')).map(({ id, n, name }) => [id, n, name])).toEqual([
    ['id-0', 0, null],
    ['id-1', 1, null],
    ['id-2', 2, null],
    ['id-3', null, 'name 3'],
    ['id-4', null, 'name 4'],
    ['id-5', null, 'name 5'],
  ])
  const { log, ...manifest } = (await readManifest(storageAt(join(root, 'lake/things/v2'), (await import('@tickets/core/node')).nodeFiles))) ?? {
    log: '',
  }
  expect(log).toMatch(/^[0-9a-f]{8}$/)
  expect(manifest).toMatchObject({
    dataset: 'things',
    version: 2,
    createdBy: CREATED_BY,
    schema: { name: 'thing', fields: [{ name: 'id' }, { name: 'at' }, { name: 'name' }] },
  })
  expect((await tree(join(root, 'lake'))).filter((path) => /manifest/.test(path))).toEqual([
    'things/v1/.lake/version.manifest',
    'things/v2/.lake/version.manifest',
  ])
})

test('an incompatible change is refused unless the next version is asked for, and so is a program that has been overtaken', async () => {
  const root = await folder()
  await lake(root, First, 2).run(quiet)
  await expect(lake(root, Other, 3).run(quiet)).rejects.toMatchObject({ code: 'PIPELINE_CHANGED', message: expect.stringContaining('"level"') })
  expect(await readdir(join(root, 'lake/things'))).toEqual(['v1'])
  await lake(root, Other, 3, 'next').run(quiet)
  await expect(lake(root, First, 4, 'next').run(quiet)).rejects.toMatchObject({
    code: 'PIPELINE_CHANGED',
    message: 'this program writes version 1, and version 2 has begun: run the newer program',
  })
  expect(await readdir(join(root, 'lake/things'))).toEqual(['v1', 'v2'])
  expect(() => lake(root, First, 1, 'later' as 'next')).toThrow('onIncompatible')
})

test('manifests name this package as it is', async () => {
  const { name, version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(CREATED_BY).toBe(`${name}@${version}`)
})
