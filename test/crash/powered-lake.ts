import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Staged } from '@tickets/core'
import type { FileLayer } from '@tickets/core/node'
import { compact, type FileOptions, fileSink, files as listFiles } from '@tickets/sinks'
import { duck, Every, range, writeRows } from '../../packages/sinks/test/helpers.ts'
import { numbersIn, quick, row, taskNamed } from '../../packages/sinks/test/lake-helpers.ts'
import { type Change, Journal } from './journal.ts'
import { crashingFiles } from './layer.ts'
import { losePower } from './power.ts'
import type { Random } from './random.ts'
import { Trigger } from './trigger.ts'

export interface Kind {
  readonly format: 'json' | 'parquet'
  readonly options?: FileOptions
}

/** How a process is cut off, and what its disk does wrong. */
export interface Cut {
  /** It dies right after so many changes of the files, syncs among them. */
  readonly after?: number
  /** The last of them is a file of which half is written. */
  readonly torn?: boolean
  /** Which syncs of folders, and of files that are written, do nothing. */
  readonly deaf?: (path: string, kind: 'folder' | 'file') => boolean
  /** Takes down the calls that were changes. */
  readonly calls?: string[]
}

const TASKS = ['tickets-0', 'tickets-1']
const LAST = 3
const CHANGES = ['makeFolder', 'writeFile', 'writeStream', 'link', 'rename', 'unlink', 'removeFolder', 'syncFolder']

export const died = (): Error => Object.assign(new Error('the process died'), { code: 'DEAD' })

async function* halved(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) yield part.subarray(0, part.length >> 1)
}

/** A dataset on a disk that forgets what was not synced, and what the pipeline's log, which it does not forget, knows of it. */
export class PoweredLake {
  readonly dir: string
  readonly #home: string
  readonly #notes: string
  readonly #journal: Journal
  readonly #kind: Kind
  /** Task → the range that its log ends with. */
  readonly #heads = new Map<string, { readonly n: number; readonly staged: Staged; readonly numbers: readonly number[] }>()
  /** Rows of the ranges before, which are published. */
  readonly #settled: number[] = []

  private constructor(kind: Kind) {
    const base = mkdtempSync(join(tmpdir(), 'tickets-powered-'))
    this.#home = join(base, 'home')
    this.#notes = join(base, 'journal')
    this.dir = join(this.#home, 'out', 'lake')
    this.#kind = kind
    mkdirSync(this.#home)
    this.#journal = new Journal(this.#notes)
  }

  remove(): void {
    rmSync(join(this.#home, '..'), { recursive: true, force: true })
  }

  /**
   * Two tasks with ranges of their own, some of them compacted before. The newest of one task is visible, half of the other's has its
   * published names when that process is cut off: no sync has followed.
   */
  static async make(kind: Kind): Promise<PoweredLake> {
    const lake = new PoweredLake(kind)
    const files = lake.files()
    await files.makeFolder(join(lake.#home, 'out'))
    await files.syncFolder(lake.#home)
    for (let n = 0; n <= LAST; n++) {
      for (const task of TASKS) await lake.#commit(task, n, files)
      if (n === 1) await compact(lake.dir, { files })
    }
    return lake
  }

  /** Another one like it: its files, and what of them is not synced yet. */
  copy(): PoweredLake {
    const copy = new PoweredLake(this.#kind)
    copy.#settled.push(...this.#settled)
    for (const [task, head] of this.#heads) copy.#heads.set(task, head)
    const inodes = new Map<number, number>()
    for (const name of readdirSync(join(this.#notes, 'kept'))) {
      const kept = join(copy.#notes, 'kept', `copy-${name}`)
      copyFileSync(join(this.#notes, 'kept', name), kept)
      inodes.set(Number(name), statSync(kept).ino)
    }
    for (const [from, to] of inodes) renameSync(join(copy.#notes, 'kept', `copy-${from}`), join(copy.#notes, 'kept', String(to)))
    const moved = (path: string) => path.replace(this.#home, copy.#home)
    const changes = readFileSync(join(this.#notes, 'changes.jsonl'), 'utf8').split('\n').filter(Boolean)
    const text = changes.map((line) => {
      const change = JSON.parse(line) as Change
      return JSON.stringify({
        ...change,
        path: moved(change.path),
        ...('from' in change && { from: moved(change.from) }),
        ...('ino' in change && { ino: inodes.get(change.ino) }),
        ...('id' in change && { id: `copy-${change.id}` }),
      })
    })
    const notes = join(copy.#notes, 'changes.jsonl')
    writeFileSync(notes, `${text.join('\n')}\n`)
    // A loss that takes nothing back makes the files; what it notes is that all of them are durable, which they are not.
    losePower(copy.#home, copy.#notes, () => true)
    writeFileSync(notes, `${text.join('\n')}\n`)
    return copy
  }

  async #commit(task: string, n: number, files: FileLayer): Promise<void> {
    const isHead = n === LAST
    const at = n * 10 + TASKS.indexOf(task) * 100
    const numbers = [at, at + 1, at + 2, at + 3]
    const writer = await this.#writer(task, files, isHead ? 1 : undefined)
    await writeRows(
      writer,
      numbers.map((number) => ({ ...row(number), kindOrNull: number % 2 === 0 ? 'x' : 'y' })),
    )
    const staged = (await writer.stage(n, `a${n}`, range(n, n + 1))) as Staged
    if (!isHead) this.#settled.push(...numbers)
    else this.#heads.set(task, { n, staged, numbers })
    if (isHead && task === 'tickets-1') {
      let links = 0
      const link: FileLayer['link'] = async (from, to) => {
        if (++links > 2) throw died()
        await files.link(from, to)
      }
      await (await this.#writer(task, { ...files, link })).publish(staged).catch(() => {})
    } else {
      await writer.publish(staged)
      await writer.sweep({ n, attempt: `a${n}` })
    }
  }

  #writer(task: string, files: FileLayer, maxRowsPerFile?: number) {
    const { format, options } = this.#kind
    const sink = fileSink<Every>(this.dir, { format, files, ...options, ...(maxRowsPerFile ? { maxRowsPerFile } : {}) } as never)
    return sink.open(taskNamed(task), Every)
  }

  /** The files as one process has them, every change written down. */
  files({ after = Number.POSITIVE_INFINITY, torn = false, deaf = () => false, calls = [] }: Cut = {}): FileLayer {
    const trigger = new Trigger(undefined)
    const durable = crashingFiles({ home: this.#home }, trigger, this.#journal, quick)
    const forgetful = crashingFiles({ home: this.#home, sabotage: 'fsync' }, trigger, this.#journal, quick)
    const wrap =
      (name: string) =>
      async (...args: unknown[]): Promise<unknown> => {
        const [path, content] = args as [string, unknown]
        if (calls.length >= after) throw died()
        const isWrite = name.startsWith('write')
        const isDeaf = (isWrite && deaf(path, 'file')) || (name === 'syncFolder' && deaf(path, 'folder'))
        const isChange = CHANGES.includes(name) && path.startsWith(this.#home)
        const isTorn = torn && isWrite && calls.length + 1 === after
        const layer = (isDeaf || isTorn ? forgetful : durable) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
        if (isTorn && name === 'writeStream') args[1] = halved(content as AsyncIterable<Uint8Array>)
        if (isTorn && name === 'writeFile') args[1] = (content as Uint8Array[]).map((part) => part.subarray(0, part.length >> 1))
        const value = await layer[name]?.(...args)
        // What did not come to pass is no change; then the call has thrown, or found the folder there.
        if (isChange && !(name === 'makeFolder' && value === false) && calls.push(name) >= after) throw died()
        return value
      }
    return Object.fromEntries(Object.keys(durable).map((name) => [name, wrap(name)])) as unknown as FileLayer
  }

  /** What was synced stands; of each other change, a share has reached the disk. */
  losePower(share: number, random: Random): void {
    losePower(this.#home, this.#notes, () => random.chance(share))
  }

  /** As every start of the pipeline does: the last range of its log is published again. */
  async recover(files: FileLayer): Promise<void> {
    for (const [task, { n, staged }] of this.#heads) {
      const writer = await this.#writer(task, files)
      await writer.publish(staged)
      await writer.sweep({ n, attempt: `a${n}` })
    }
  }

  /** Rows by `files(dir)`, each with how often it is there. */
  async listed(): Promise<number[]> {
    return this.#numbers(await listFiles(this.dir))
  }

  /** The same by a glob. */
  async globbed(): Promise<number[]> {
    const names = readdirSync(this.dir, { recursive: true, encoding: 'utf8' })
    return this.#numbers(names.filter((name) => /^(\w+=[^/]*\/)*part-/.test(name)).map((name) => join(this.dir, name)))
  }

  async #numbers(paths: readonly string[]): Promise<number[]> {
    if (this.#kind.format === 'json') return numbersIn(paths)
    const rows = await duck(`SELECT small FROM read_parquet([${paths.map((path) => `'${path}'`)}]) ORDER BY small`)
    return rows.map(({ small }) => Number(small))
  }

  get settled(): number[] {
    return [...this.#settled].sort((a, b) => a - b)
  }

  get heads(): readonly (readonly number[])[] {
    return [...this.#heads.values()].map(({ numbers }) => numbers)
  }

  get all(): number[] {
    return [...this.#settled, ...this.heads.flat()].sort((a, b) => a - b)
  }

  /** What a finished compaction may not leave: staged and temporary files, and all records but the newest. */
  leftovers(): string[] {
    const names = readdirSync(this.dir, { recursive: true, encoding: 'utf8' })
    const records = names.filter((name) => name.endsWith('.compaction')).sort()
    return [...names.filter((name) => name.endsWith('.tmp') || /^\.staging\/log1\/compact\/./.test(name)), ...records.slice(0, -1)]
  }
}
