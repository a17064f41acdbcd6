import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Staged, TaskId } from '@tickets/core'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { type FileOptions, jsonSink } from '@tickets/sinks'
import { Every, folder, plain, range, tree, writeRows } from './helpers.ts'

/** Rows of small datasets are distinguished by `small`. */
export const row = (i: number): Every => ({ ...plain, small: i })

export const taskNamed = (task: string, logId = 'log1'): TaskId => ({ logId, task, flow: 'all' })

/** The file system without waiting for the disk: these tests lose a process, not the power. */
export const quick: FileLayer = {
  ...nodeFiles,
  writeFile: (path, parts) => writeFile(path, Buffer.concat(parts), { flag: 'wx' }),
  async writeStream(path, parts) {
    const all: Uint8Array[] = []
    for await (const part of parts) all.push(part)
    await writeFile(path, Buffer.concat(all), { flag: 'wx' })
    return all.reduce((sum, part) => sum + part.length, 0)
  },
  syncFolder: async () => {},
}

/** A dataset like this one, with a folder of its own. */
export async function copyOf(dir: string): Promise<string> {
  const copy = join(await folder(), 'dataset')
  await cp(dir, copy, { recursive: true })
  return copy
}

/** What is called at each access to the file system: before it, and with what makes it happen. */
type Around = (call: string, act: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>

export function layer(around: Around): FileLayer {
  const wrap =
    (name: string, call: (...args: unknown[]) => Promise<unknown>) =>
    (...args: unknown[]) =>
      around(name, () => call(...args), args)
  return Object.fromEntries(Object.entries(quick).map(([name, call]) => [name, wrap(name, call as never)])) as unknown as FileLayer
}

/** The file system, with one call that fails once, before it acts or after, as a disk does that recovers. */
export function failingOnce(at: number, isDone = false): FileLayer & { readonly calls: string[] } {
  const calls: string[] = []
  const failing = layer(async (name, act, [path]) => {
    const isFaulty = calls.push(`${name} ${basename(String(path))}`) === at
    const answer = isFaulty && !isDone ? undefined : await act()
    if (isFaulty) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
    return answer
  })
  return Object.assign(failing, { calls })
}

/** The same, which fails also where the call itself would not have succeeded. */
export function failing(at: number, isDone: boolean) {
  const made = { calls: 0 }
  const files = layer(async (_, act) => {
    if (++made.calls !== at) return act()
    if (isDone) await act().catch(() => {})
    throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
  })
  return { files, made }
}

const died = () => Object.assign(new Error('the process died'), { code: 'DEAD' })

/** `torn`: a file is half written when it happens. */
export type How = 'before' | 'after' | 'torn'

/** The file system up to its call number `last`; nothing of the process acts after that. */
export function dying(last: number, how: How): FileLayer & { readonly calls: string[] } {
  const calls: string[] = []
  const files = layer(async (name, act, args) => {
    const number = calls.push(name)
    if (number < last) return act()
    if (number === last && how === 'after') await act()
    if (number === last && how === 'torn' && name === 'writeStream') {
      await quick.writeStream(
        args[0] as string,
        (async function* () {
          for await (const part of args[1] as AsyncIterable<Uint8Array>) yield part.subarray(0, part.length / 2)
        })(),
      )
    }
    if (number === last && how === 'torn' && name === 'writeFile') {
      await quick.writeFile(
        args[0] as string,
        (args[1] as Uint8Array[]).map((part) => part.subarray(0, part.length / 2)),
      )
    }
    throw died()
  })
  return Object.assign(files, { calls })
}

/** Stages one range, as a task does before it records it. */
export async function stageOne(dir: string, id: TaskId, n: number, numbers: readonly number[], options: FileOptions = {}): Promise<Staged> {
  const writer = await jsonSink(dir, options).open(id, Every)
  await writeRows(writer, numbers.map(row))
  return (await writer.stage(n, `a${n}`, range(n, n + 1))) as Staged
}

export async function publishOne(dir: string, id: TaskId, staged: Staged, options: FileOptions = {}): Promise<void> {
  await (await jsonSink(dir, options).open(id, Every)).publish(staged)
}

/** Stages, records (in no log) and publishes one range. */
export async function publishRows(dir: string, id: TaskId, n: number, numbers: readonly number[], options: FileOptions = {}): Promise<void> {
  await publishOne(dir, id, await stageOne(dir, id, n, numbers, options), options)
}

/** What tells the rows of JSON Lines files apart, sorted. */
export async function numbersIn(paths: readonly string[]): Promise<number[]> {
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')))
  const found = texts.flatMap((text) => text.split('\n').filter(Boolean))
  return found.map((line) => JSON.parse(line).small as number).sort((a, b) => a - b)
}

/** The published files as a glob of one folder finds them. */
export const globbed = async (dir: string): Promise<string[]> =>
  (await readdir(dir)).filter((name) => /^part-.*\.jsonl$/.test(name)).map((name) => join(dir, name))

/** What a compaction may leave behind: its staging and records. */
export const leftovers = async (dir: string): Promise<string[]> =>
  (await tree(dir)).filter(
    (path) => (path.startsWith('.staging/') && /\.tmp$|compact\/./.test(path)) || /^\.lake\/.*(\.tmp|\.compaction)$/.test(path),
  )
