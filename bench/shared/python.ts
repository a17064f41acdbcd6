import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { CACHE } from '../runner/places.ts'

const run = promisify(execFile)

/**
 * The interpreter of an environment with these packages, made once under .cache/bench and made anew when they change. Rejects with what pip said.
 *
 * @example
 * await pythonWith('duckdb', ['duckdb==2.0.0']) // '….cache/bench/duckdb/bin/python'
 */
export async function pythonWith(name: string, packages: readonly string[]): Promise<string> {
  const home = `${CACHE}/${name}`
  const python = `${home}/bin/python`
  const stamp = `${home}/packages`
  const wanted = packages.join('\n')
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return python
  await mkdir(CACHE, { recursive: true })
  await rm(home, { recursive: true, force: true })
  try {
    await run('python3', ['-m', 'venv', home])
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], { maxBuffer: 1 << 26 })
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr || (error as Error).message)
    const why = said.split('\n').findLast((line) => /error|not found|no module/i.test(line)) ?? said.split('\n')[0]
    throw new Error(
      `pip could not install ${packages.join(', ')} (${why?.trim()}); it needs python3 with venv (Debian: apt-get install python3-venv)`,
    )
  }
  await writeFile(stamp, wanted)
  return python
}
