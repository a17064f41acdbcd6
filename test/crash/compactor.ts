import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isTicketsError } from '@tickets/core'
import { compact } from '@tickets/sinks'
import type { WorkerConfig } from './config.ts'
import { crashingFiles } from './layer.ts'
import { say, Trigger } from './trigger.ts'

/** A process that compacts the datasets of a lake again and again, until it is killed; only once if asked to. */
const config = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as WorkerConfig
const { home, once } = config
const files = crashingFiles(config, new Trigger(config.point), null)

do {
  for (const name of ['tickets', 'by_type']) {
    try {
      const { merged } = await compact(join(home, 'lake', name), { files })
      if (merged > 0) say({ merged })
    } catch (error) {
      // Nothing was written yet.
      const ours = isTicketsError(error)
      if (ours && (error.code === 'TARGET_UNUSABLE' || error.retryable)) continue
      say({ error: ours ? error.message : String((error as Error).stack), code: ours ? error.code : 'none', retryable: false })
      process.exitCode = 1
    }
  }
  await sleep(30)
} while (!once && process.exitCode === undefined)
