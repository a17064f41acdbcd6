import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Staged } from '@tickets/core'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { day, type FileOptions, jsonSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { commit, Every, folder, plain, published, range, sparse, task, tree, writeRows } from '../../test/helpers.ts'

const options: FileOptions<Every> = { partitionBy: ['kindOrNull', day('at')] }
const [x, none] = ['kindOrNull=x/at_date=2026-03-29', 'kindOrNull=__HIVE_DEFAULT_PARTITION__/at_date=2026-03-29']
const part = (where: string, n: number, k: number, log = 'log1') => `${where}/part-${log}-tickets-0-${n}-${k}.jsonl`

async function begin(path: string, mode: 'append' | 'overwrite', id: string): Promise<readonly string[]> {
  const sink = jsonSink(path, { mode })
  const { takesOver, remove } = (await sink.prepare?.({ id })) ?? { takesOver: false, remove: [] }
  await sink.begin?.({ id, takesOver, remove })
  return remove
}

test('staging is one hidden folder, whatever the partitions', async () => {
  const path = await folder()
  const writer = await jsonSink<Every>(path, options).open(task, Every)
  await writeRows(writer, [plain, sparse])
  const staged = (await writer.stage(0, 'a1', range(0, 2))) as Staged
  const place = '.staging/log1/all/tickets-0/0-a1'
  const names = [part(none, 0, 0), part(x, 0, 1)]
  expect(await tree(path)).toEqual(
    [
      '.staging/',
      '.staging/log1/',
      '.staging/log1/all/',
      '.staging/log1/all/tickets-0/',
      `${place}/`,
      ...[0, 1].map((k) => `${place}/part-log1-tickets-0-0-${k}.jsonl.tmp`),
    ].sort(),
  )
  await writer.publish(staged)
  expect(await published(path)).toEqual(names)
})

test('a published name, and those of its folders up to the dataset, are durable before the staged one goes', async () => {
  const path = await folder()
  const steps: string[] = []
  const noted = (name: keyof FileLayer) =>
    (async (at: string, to?: string) => {
      steps.push(`${name} ${relative(path, typeof to === 'string' ? to : at)}`)
      return (nodeFiles[name] as (...args: unknown[]) => Promise<unknown>)(at, to)
    }) as never
  const files: FileLayer = { ...nodeFiles, link: noted('link'), unlink: noted('unlink'), syncFolder: noted('syncFolder') }
  const writer = await jsonSink<Every>(path, { ...options, files }).open(task, Every)
  // Again with the same writer: another process may have made the folders anew, and crashed before it synced them.
  for (const n of [0, 1]) {
    await writeRows(writer, [plain, sparse])
    const staged = (await writer.stage(n, 'a', range(0, 2))) as Staged
    steps.length = 0
    await writer.publish(staged)
    const synced = steps.filter((step) => step.startsWith('syncFolder'))
    expect(new Set(synced)).toEqual(new Set([x, dirname(x), none, dirname(none), ''].map((at) => `syncFolder ${at}`)))
    const [lastLink, firstSync] = [steps.findLastIndex((step) => step.startsWith('link')), steps.findIndex((step) => step.startsWith('sync'))]
    const [lastSync, firstUnlink] = [steps.findLastIndex((step) => step.startsWith('sync')), steps.findIndex((step) => step.startsWith('unlink'))]
    expect([lastLink < firstSync, lastSync < firstUnlink]).toEqual([true, true])
  }
})

test('a folder that is removed while it is empty is made again', async () => {
  const path = await folder()
  let taken = 0
  const files: FileLayer = {
    ...nodeFiles,
    async link(from, to) {
      if (taken++ < 3) await rmdir(dirname(to)).catch(() => {})
      await nodeFiles.link(from, to)
    },
  }
  const writer = await jsonSink<Every>(path, { ...options, files }).open(task, Every)
  await writeRows(writer, [plain, sparse])
  await writer.publish((await writer.stage(0, 'a', range(0, 2))) as Staged)
  expect(await published(path)).toEqual([part(none, 0, 0), part(x, 0, 1)])
})

test('staged and published both missing is STAGED_LOST, in a partition too', async () => {
  const path = await folder()
  const writer = await jsonSink<Every>(path, options).open(task, Every)
  await writeRows(writer, [plain])
  const staged = (await writer.stage(0, 'a', range(0, 2))) as Staged
  await nodeFiles.unlink(join(path, '.staging/log1/all/tickets-0/0-a/part-log1-tickets-0-0-0.jsonl.tmp'))
  await expect(writer.publish(staged)).rejects.toMatchObject({ code: 'STAGED_LOST', message: expect.stringContaining('kindOrNull=x') })
})

test('overwrite replaces what lies in partitions, whatever the new ones are, and leaves other datasets and files alone', async () => {
  const path = await folder()
  await begin(path, 'append', 'log1')
  await commit(jsonSink<Every>(path, options), [plain, sparse])
  await commit(jsonSink(path), [plain], 1)
  // A dataset of its own in a folder that looks like a partition, one in a folder that does not, and a file that is not ours.
  await begin(join(path, 'kindOrNull=x/tenant=a'), 'append', 'other')
  await commit(jsonSink(join(path, 'kindOrNull=x/tenant=a')), [plain], 0, { ...task, logId: 'other' })
  await mkdir(join(path, 'v2'))
  await writeFile(join(path, 'v2/part-1.jsonl'), '')
  await writeFile(join(path, x, 'notes.txt'), 'mine')

  const remove = await begin(path, 'overwrite', 'log2')
  expect(remove).toEqual([part(none, 0, 0), part(x, 0, 1), 'part-log1-tickets-0-1-0.jsonl'])
  expect((await published(path)).filter((name) => !name.includes('/.staging/'))).toEqual([
    `${x}/notes.txt`,
    'kindOrNull=x/tenant=a/part-other-tickets-0-0-0.jsonl',
    'v2/part-1.jsonl',
  ])
  expect((await tree(path)).filter((name) => name.startsWith('kindOrNull=__'))).toEqual([])
  await commit(jsonSink<Every>(path, { ...options, mode: 'overwrite' }), [plain], 0, { ...task, logId: 'log2' })
  await jsonSink<Every>(path, options).begin?.({ id: 'log2', takesOver: true, remove })
  expect(await published(path)).toContain(part(x, 0, 0, 'log2'))
})

test('a begin that crashed after any of its steps is repeated to the same end', async () => {
  for (let crashAt = 1; crashAt < 90; crashAt++) {
    const path = await folder()
    await begin(path, 'append', 'log1')
    await commit(jsonSink<Every>(path, options), [plain, sparse])
    const remove = [part(none, 0, 0), part(x, 0, 1)]
    let calls = 0
    const files = Object.fromEntries(
      Object.entries(nodeFiles).map(([name, call]) => [
        name,
        async (...args: unknown[]) => {
          if (++calls >= crashAt) throw Object.assign(new Error('crashed'), { code: 'CRASH' })
          return (call as (...all: unknown[]) => unknown)(...args)
        },
      ]),
    ) as unknown as FileLayer
    const again = { id: 'log2', takesOver: true, remove }
    const done = await Promise.resolve(jsonSink(path, { files }).begin?.(again)).then(
      () => true,
      () => false,
    )
    await jsonSink(path).begin?.(again)
    expect((await tree(path)).filter((name) => !name.startsWith('.'))).toEqual([])
    if (done) return expect(crashAt).toBeGreaterThan(15)
  }
  throw new Error('begin never finished')
})

test('begin deletes nothing that is not a published file below the dataset', async () => {
  const path = await folder()
  const target = join(path, 'sub')
  await mkdir(join(target, 'a=1'), { recursive: true })
  const files = ['part-1', 'sub/notes', 'sub/a=1/notes', 'sub/a=1/part-mine-tickets-0-0-0.jsonl']
  for (const file of files) await writeFile(join(path, file), file)
  const remove = ['../part-1', 'a=1/../../part-1', 'notes', 'a=1/notes', 'a=1/part-mine-tickets-0-0-0.jsonl', join(path, 'part-1')]
  await jsonSink(target).begin?.({ id: 'mine', takesOver: true, remove })
  for (const file of files) expect(await readFile(join(path, file), 'utf8')).toBe(file)
})
