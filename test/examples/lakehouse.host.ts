import { spawn } from 'node:child_process'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PipelineStatus } from '@tickets/monitor'
import { root } from '../repo/files.ts'
import { folder, type Ran } from './run.ts'

/** A process of the lakehouse that shares no folder with the others, as on a host of its own. */
export interface Host {
  /** Resolves when its status says so; rejects where it ends before. */
  reached(what: (status: PipelineStatus) => boolean): Promise<void>
  /** Its exit code, or the signal that ended it, and what it said. */
  readonly ended: Promise<Ran & { readonly signal: NodeJS.Signals | null }>
  kill(signal: NodeJS.Signals): void
  /** The names of what lies in its working directory, its home and its folder for temporary files. */
  files(): Promise<string[]>
}

/** Starts `examples/lakehouse` with these variables alone in its environment, as in its image. */
export async function startHost(env: Readonly<Record<string, string>>): Promise<Host> {
  const disk = await folder()
  const [cwd, home, temporary] = [join(disk, 'app'), join(disk, 'home'), join(disk, 'tmp')]
  for (const path of [cwd, home, temporary]) await mkdir(path)
  const child = spawn(process.execPath, [join(root, 'examples/lakehouse/lakehouse.ts')], {
    cwd,
    env: { PATH: process.env.PATH ?? '', NO_COLOR: '1', ...env, HOME: home, TMPDIR: temporary, MONITOR_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr, hasEnded] = ['', '', false]
  child.stdout.on('data', (text) => (stdout += text))
  child.stderr.on('data', (text) => (stderr += text))
  const ended = new Promise<Awaited<Host['ended']>>((done) =>
    child.once('close', (code, signal) => {
      hasEnded = true
      done({ code, signal, stdout, stderr })
    }),
  )
  /** Null before its pipeline has started, and once it has ended. */
  const status = async (): Promise<PipelineStatus | null> => {
    const [, url] = /^metrics, health and status: (\S+)$/m.exec(stdout) ?? []
    if (url === undefined) return null
    try {
      const { pipelines } = (await (await fetch(`${url}/status`)).json()) as { readonly pipelines: readonly PipelineStatus[] }
      return pipelines[0] ?? null
    } catch {
      return null
    }
  }
  return {
    async reached(what) {
      for (;;) {
        const seen = await status()
        if (seen && what(seen)) return
        if (hasEnded) throw new Error(`the host ended before: ${JSON.stringify(await ended)}`)
        await sleep(100)
      }
    },
    ended,
    kill: (signal) => void child.kill(signal),
    files: async () => (await readdir(disk, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name),
  }
}
