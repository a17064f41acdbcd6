import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const VERSION = '3.0.9'
const cache = fileURLToPath(new URL('../../.cache/apicurio', import.meta.url))

/** By itself: its parts are in the archive. */
const artifact = `io.apicurio:apicurio-registry-app:${VERSION}:tar.gz:all`

/** Whether the registry is in the cache already. */
export const hasApicurio = (): boolean => existsSync(join(cache, VERSION))

/** The folder of Apicurio Registry, fetched from Maven Central the first time. Two processes may do so at once: the first rename wins. */
export async function apicurio(): Promise<{ readonly folder: string; readonly jar: string }> {
  const folder = join(cache, VERSION)
  const jar = `apicurio-registry-app-${VERSION}-runner.jar`
  if (existsSync(folder)) return { folder, jar }
  await mkdir(cache, { recursive: true })
  const mine = await mkdtemp(join(cache, `.${randomUUID()}-`))
  try {
    const options = [`-Dartifact=${artifact}`, `-DoutputDirectory=${mine}`, '-Dmdep.useBaseVersion=true']
    await run('mvn', ['-q', '-B', 'dependency:copy', ...options], { cwd: mine, maxBuffer: 1 << 26 })
    const whole = join(mine, 'whole')
    await mkdir(whole)
    await run('tar', ['-xzf', join(mine, `apicurio-registry-app-${VERSION}-all.tar.gz`), '-C', whole])
    await rename(whole, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(mine, { recursive: true, force: true })
  }
  return { folder, jar }
}
