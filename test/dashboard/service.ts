import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../repo/files.ts'

/** How to run the service; the same `folder` and `start` resume it. */
export interface ServiceOptions {
  readonly folder: string
  readonly port?: number
  readonly start?: string
  readonly tickets: number
  /** From this ticket on, partition 2 has none. */
  readonly quiet: number
  /** How many times as fast as the clock on the wall it runs until it is now. */
  readonly speed: number
}

/** A pipeline with a dashboard in a process of its own, on the built packages. */
export interface Service {
  readonly url: string
  readonly start: string
  /** Ends it as an operator does; resolves when all it has read is committed. */
  stop(): Promise<void>
}

/** Starts the service of packages/monitor/test/dashboard. */
export async function startService({ folder, port = 0, start, ...numbers }: ServiceOptions): Promise<Service> {
  const given = { folder, port, ...numbers, ...(start !== undefined && { start }) }
  const args = Object.entries(given).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn(process.execPath, [join(root, 'packages/monitor/test/dashboard/service.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let failed = ''
  child.stderr.on('data', (text) => {
    failed += text
  })
  const line = await firstLine(child, () => failed)
  const { url, start: begun } = JSON.parse(line) as { url: string; start: string }
  return {
    url,
    start: begun,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      if (child.exitCode !== 0) throw new Error(`the service ended with ${child.exitCode}:\n${failed}`)
    },
  }
}

function firstLine({ stdout }: ChildProcess, failed: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    stdout?.on('data', (text) => {
      said += text
      if (said.includes('\n')) resolve(said.split('\n')[0] ?? '')
    })
    stdout?.once('end', () => reject(new Error(`the service has not started:\n${failed()}`)))
  })
}
