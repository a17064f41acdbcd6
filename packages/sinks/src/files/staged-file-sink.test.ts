import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Sink } from '@tickets/core'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { fileSink, jsonSink, parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { commit, Every, folder, parts, plain, range, task, tree, writeRows } from '../../test/helpers.ts'

/** What the runner does before tasks start. */
async function start(sink: Sink<unknown>, id: string): Promise<readonly string[]> {
  const { takesOver, remove } = (await sink.prepare?.({ id })) ?? { takesOver: false, remove: [] }
  await sink.begin?.({ id, takesOver, remove })
  return remove
}

const failing = (method: keyof FileLayer, code: string, on = /./): FileLayer => ({
  ...nodeFiles,
  [method]: async (...args: [string, never]) => {
    if (on.test(args[0])) throw Object.assign(new Error(`${code}: injected, ${method} '${args[0]}'`), { code })
    return (nodeFiles[method] as (...all: unknown[]) => unknown)(...args)
  },
})

test('one folder is one target, however it is written', async () => {
  const path = await folder()
  const same = [path, `${path}/`, join(path, 'x', '..'), relative(process.cwd(), path)].map((p) => jsonSink(p).target)
  expect(new Set(same)).toEqual(new Set([`file:${path}`]))
})

test('prepare leaves nothing behind, begin the owner mark alone', async () => {
  const path = await folder()
  const target = join(path, 'deep', 'data')
  const sink = parquetSink(target)
  expect(await sink.prepare?.({ id: 'log1' })).toEqual({ takesOver: false, remove: [] })
  expect(await tree(path)).toEqual([])
  await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
  await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
  expect(await tree(path)).toEqual(['deep/', 'deep/data/', 'deep/data/.staging/', 'deep/data/.staging/owner.tickets'])
})

test('processes that prepare and begin one log at the same moment take folders from under each other, and all get there', async () => {
  const target = join(await folder(), 'deep', 'data')
  let taken = 0
  const files: FileLayer = {
    ...nodeFiles,
    writeFile: async (path, parts) => {
      // Another process has made the folders, and takes them away again while they are empty.
      if (taken++ % 3 === 0) await nodeFiles.removeFolder(join(target, '.staging'))
      await nodeFiles.writeFile(path, parts)
    },
  }
  await start(jsonSink(target, { files }), 'log1')
  expect(await tree(target)).toEqual(['.staging/', '.staging/owner.tickets'])
})

test('a folder that another process takes away while it is looked through has nothing to overwrite', async () => {
  const target = join(await folder(), 'data')
  const files: FileLayer = {
    ...nodeFiles,
    readFolder: async (path) => {
      if (path === target) await rm(target, { recursive: true })
      return nodeFiles.readFolder(path)
    },
  }
  expect(await jsonSink(target, { files, mode: 'overwrite' }).prepare?.({ id: 'log1' })).toEqual({ takesOver: true, remove: [] })
})

test('1.3 append refuses a target of another log, in prepare and in begin', async () => {
  const path = await folder()
  await start(jsonSink(path), 'log1')
  await expect(jsonSink(path).prepare?.({ id: 'log2' })).rejects.toMatchObject({
    code: 'TARGET_OWNED',
    message: expect.stringContaining("mode: 'overwrite'"),
  })
  await expect(jsonSink(path).begin?.({ id: 'log2', takesOver: false, remove: [] })).rejects.toMatchObject({ code: 'TARGET_OWNED' })
  await start(jsonSink(path), 'log1')
})

test('of two logs that begin at once, one gets the target', async () => {
  for (let i = 0; i < 20; i++) {
    const path = await folder()
    const ids = ['x', 'y', 'z']
    const outcomes = await Promise.allSettled(ids.map((id) => jsonSink(path).begin?.({ id, takesOver: false, remove: [] })))
    expect(outcomes.filter((o) => o.status === 'fulfilled')).toHaveLength(1)
    expect(await tree(path)).toEqual(['.staging/', '.staging/owner.tickets'])
  }
})

test('1.3 overwrite takes the target over: old files of any format go, nested datasets and other files stay', async () => {
  const path = await folder()
  await start(parquetSink(path), 'log1')
  await commit(parquetSink(path), [plain])
  const old = await parquetSink(path).open(task, Every)
  await writeRows(old, [plain])
  const record = await old.stage(1, 'a', range(0, 1))
  await mkdir(join(path, 'part-of-another'))
  await writeFile(join(path, 'notes.txt'), 'mine')
  await writeFile(join(path, 'part-of-another', 'part-1.parquet'), 'nested')

  const sink = jsonSink(path, { mode: 'overwrite' })
  const remove = await start(sink, 'log2')
  expect(remove).toEqual(['part-log1-tickets-0-0-0.parquet'])
  await commit(sink, [plain], 0, { ...task, logId: 'log2' })
  await sink.begin?.({ id: 'log2', takesOver: true, remove })
  expect(await parts(path)).toEqual(['notes.txt', 'part-log2-tickets-0-0-0.jsonl', 'part-of-another'])
  expect(await readFile(join(path, 'part-of-another', 'part-1.parquet'), 'utf8')).toBe('nested')

  // The old log can neither publish nor come back, in either mode.
  await expect(old.publish(record as never)).rejects.toMatchObject({ code: 'STAGED_LOST' })
  for (const mode of ['append', 'overwrite'] as const) {
    await expect(parquetSink(path, { mode }).begin?.({ id: 'log1', takesOver: mode === 'overwrite', remove: [] })).rejects.toMatchObject({
      code: 'TARGET_OWNED',
      message: expect.stringContaining('taken over'),
    })
  }
})

test('a begin that crashed after any of its steps is repeated to the same end', async () => {
  for (let crashAt = 1; crashAt < 60; crashAt++) {
    const path = await folder()
    await start(jsonSink(path), 'log1')
    await commit(jsonSink(path), [plain])
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
    const remove = ['part-log1-tickets-0-0-0.jsonl']
    const done = await jsonSink(path, { mode: 'overwrite', files })
      .begin?.({ id: 'log2', takesOver: true, remove })
      .then(
        () => true,
        () => false,
      )
    await jsonSink(path, { mode: 'overwrite' }).begin?.({ id: 'log2', takesOver: true, remove })
    expect(await parts(path)).toEqual([])
    expect(JSON.parse(await readFile(join(path, '.staging', 'owner.tickets'), 'utf8'))).toEqual({ log: 'log2', before: ['log1'] })
    if (done) return expect(crashAt).toBeGreaterThan(10)
  }
  throw new Error('begin never finished')
})

test('what the record says counts, not the mode of a later process', async () => {
  const path = await folder()
  await start(jsonSink(path), 'log1')
  await expect(jsonSink(path, { mode: 'overwrite' }).begin?.({ id: 'log2', takesOver: false, remove: [] })).rejects.toMatchObject({
    code: 'TARGET_OWNED',
  })
  await jsonSink(path).begin?.({ id: 'log2', takesOver: true, remove: [] })
  await jsonSink(path, { mode: 'overwrite' }).begin?.({ id: 'log2', takesOver: false, remove: [] })
})

test('begin deletes neither files of its own log nor what is not a part file', async () => {
  const path = await folder()
  await writeFile(join(path, 'part-log1-tickets-0-0-0.jsonl'), '')
  await writeFile(join(path, 'notes.txt'), '')
  await jsonSink(join(path, 'sub'), { mode: 'overwrite' }).begin?.({ id: 'log9', takesOver: true, remove: ['../notes.txt', 'part-/../../notes.txt'] })
  await jsonSink(path, { mode: 'overwrite' }).begin?.({ id: 'log1', takesOver: true, remove: ['part-log1-tickets-0-0-0.jsonl', 'notes.txt'] })
  expect(await parts(path)).toEqual(['notes.txt', 'part-log1-tickets-0-0-0.jsonl', 'sub'])
})

test.each([
  ['makeFolder', 'EACCES', /right to read and write/],
  ['writeFile', 'EROFS', /read-only/],
  ['writeFile', 'ENOSPC', /free some space/],
  ['link', 'EXDEV', /cannot link .* local disk/],
  ['link', 'EPERM', /cannot link .* local disk/],
  ['rename', 'EIO', /check the disk/],
  ['syncFolder', 'EIO', /check the disk/],
] as const)('an unusable target is refused at the start: %s fails with %s', async (method, code, message) => {
  const path = await folder()
  const sink = jsonSink(path, { files: failing(method, code) })
  const refusal = { code: 'TARGET_UNUSABLE', message: expect.stringMatching(message), cause: { code } }
  await expect(sink.prepare?.({ id: 'log1' })).rejects.toMatchObject(refusal)
  await expect(sink.begin?.({ id: 'log1', takesOver: false, remove: [] })).rejects.toMatchObject(refusal)
  expect((await tree(path)).filter((name) => name !== '.staging/')).toEqual([])
})

test('a target that is a file, or lies below one, is refused', async () => {
  const file = join(await folder(), 'file')
  await writeFile(file, '')
  for (const path of [file, join(file, 'below')]) {
    await expect(jsonSink(path).prepare?.({ id: 'log1' })).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      message: expect.stringContaining('is a file'),
    })
  }
})

test.each([
  ['writeFile', 'ENOSPC', true],
  ['writeFile', 'EIO', true],
  ['writeFile', 'EMFILE', true],
  ['writeFile', 'EACCES', false],
  ['syncFolder', 'EIO', false],
  ['link', 'EIO', false],
  ['link', 'EMFILE', true],
  ['unlink', 'EBUSY', true],
] as const)('%s failing with %s while it runs: SINK_FAILED, retryable %s', async (method, code, retryable) => {
  const path = await folder()
  const error = await commit(jsonSink(path, { files: failing(method, code) }), [plain]).catch((e: unknown) => e)
  expect(error).toMatchObject({ code: 'SINK_FAILED', retryable, cause: { code }, message: expect.stringContaining(path) })
})

test('3.4 every name is durable before the staged range is reported', async () => {
  const path = await folder()
  const synced: string[] = []
  const files: FileLayer = {
    ...nodeFiles,
    async syncFolder(at) {
      synced.push(relative(path, at))
      await nodeFiles.syncFolder(at)
    },
  }
  const writer = await jsonSink(join(path, 'new', 'data'), { files }).open(task, Every)
  await writeRows(writer, [plain])
  await writer.stage(0, 'a', range(0, 1))
  const chain = [
    'new/data/.staging/log1/all/tickets-0/0-a',
    'new/data/.staging/log1/all/tickets-0',
    'new/data/.staging/log1',
    'new/data/.staging',
    'new/data',
    'new',
    '',
  ]
  expect(synced).toEqual(expect.arrayContaining(chain))
  synced.length = 0
  await writeRows(writer, [plain])
  await writer.stage(1, 'a', range(1, 2))
  expect(synced).toEqual(['new/data/.staging/log1/all/tickets-0/1-a', 'new/data/.staging/log1/all/tickets-0'])
})

test('3.4 a published name is durable before the staged one goes', async () => {
  const path = await folder()
  const steps: string[] = []
  const noted = (name: 'link' | 'unlink' | 'syncFolder') => async (at: string, to: string) => {
    steps.push(`${name} ${relative(path, name === 'link' ? to : at)}`)
    await (nodeFiles[name] as (from: string, to: string) => Promise<void>)(at, to)
  }
  const files: FileLayer = { ...nodeFiles, link: noted('link'), unlink: noted('unlink') as never, syncFolder: noted('syncFolder') as never }
  const writer = await jsonSink(path, { files, maxRowsPerFile: 1 }).open(task, Every)
  await writeRows(writer, [plain, plain])
  const record = await writer.stage(0, 'a', range(0, 2))
  steps.length = 0
  await writer.publish(record as never)
  const names = [0, 1].map((k) => `part-log1-tickets-0-0-${k}.jsonl`)
  const hidden = names.map((name) => `unlink .staging/log1/all/tickets-0/0-a/${name}.tmp`)
  expect(steps).toEqual([...names.map((name) => `link ${name}`), 'syncFolder ', ...hidden])
})

test.each([
  () => jsonSink(''),
  () => jsonSink('x', { mode: 'replace' as never }),
  () => jsonSink('x', { maxRowsPerFile: 0 }),
  () => parquetSink('x', { compression: 'lz4' as never }),
  () => parquetSink('x', { rowGroupRows: 1.5 }),
  () => fileSink('x', { format: 'avro' as never }),
])('nonsense is refused when the sink is made: %s', (make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test('names that would leave the folder are refused', async () => {
  const sink = jsonSink(await folder())
  for (const id of [
    { ...task, task: '../x' },
    { ...task, task: 'a/b' },
    { ...task, logId: '..' },
    { ...task, logId: '' },
  ]) {
    await expect(sink.open(id, Every)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  }
})

test('a log that began with another folder takes only its own data at the new place', async () => {
  const path = await folder()
  await jsonSink(join(path, 'mine')).begin?.({ id: 'log1', takesOver: false, remove: [] })
  await jsonSink(join(path, 'mine')).begin?.({ id: 'log1', takesOver: false, remove: [], moved: true })
  for (const other of ['empty', 'other']) {
    if (other === 'other') await jsonSink(join(path, other)).begin?.({ id: 'log2', takesOver: false, remove: [] })
    const begun = jsonSink(join(path, other)).begin?.({ id: 'log1', takesOver: false, remove: [], moved: true })
    await expect(begun).rejects.toMatchObject({ code: 'PIPELINE_CHANGED' })
  }
})
