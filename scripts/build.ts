import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { compiledPaths, compileKernels } from './kernels.ts'

// Builds the packages whose sources are not those of the last build, so that a second run starts at once.
const root = resolve(import.meta.dirname, '..')
const stamps = join(root, '.cache/build')
const force = process.argv.includes('--force')

/** All that the output of a package is made from: its sources, how it is built, and with which versions. */
async function fingerprint(folder: string): Promise<string> {
  const hash = createHash('sha256')
  const add = (path: string) => hash.update(`${path}\0`).update(readFileSync(path))
  for (const name of ['pnpm-lock.yaml', 'tsconfig.base.json', 'tsconfig.build.json', 'tsup.base.ts']) add(join(root, name))
  for (const name of ['package.json', 'tsup.config.ts']) add(join(folder, name))
  // `tickets explain` reads it.
  if (folder.endsWith('cli')) add(join(root, 'docs/reference/errors.md'))
  const sources = await readdir(join(folder, 'src'), { recursive: true, withFileTypes: true })
  const files = sources.filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts')).map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.sort()) add(file)
  return hash.digest('hex')
}

function tsup(folder: string): Promise<void> {
  const cli = createRequire(join(root, 'package.json')).resolve('tsup/package.json').replace('package.json', 'dist/cli-default.js')
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [cli], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', (text) => (said += text))
    child.stderr.on('data', (text) => (said += text))
    child.once('close', (code) => (code === 0 ? done() : fail(new Error(`${folder} was not built:\n${said}`))))
  })
}

/** Builds one package where it is needed; says whether it was. `above` is what it is built on. */
async function build(name: string, above: string): Promise<string> {
  const folder = join(root, 'packages', name)
  const stamp = join(stamps, name)
  const now = `${await fingerprint(folder)} ${above}`
  const made = join(folder, 'dist', name === 'create-tickets-app' ? 'bin.js' : 'index.d.ts')
  const before = existsSync(made) ? await readFile(stamp, 'utf8').catch(() => '') : ''
  if (now === before && !force) return now
  process.stderr.write(`building ${name}\n`)
  await rm(stamp, { force: true })
  await tsup(folder)
  await mkdir(stamps, { recursive: true })
  await writeFile(stamp, now)
  return now
}

/** Compiles the kernels of a package where their sources are not those of the last build. */
async function kernels(name: keyof typeof compiledPaths): Promise<void> {
  const stamp = join(stamps, `kernels-${name}`)
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'scripts/kernels.ts')))
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
  // Those of one package may take some from the other.
  for (const folder of Object.keys(compiledPaths).map((one) => join(root, 'packages', one, 'assembly')))
    for (const file of (await readdir(folder)).sort()) hash.update(`${file}\0`).update(readFileSync(join(folder, file)))
  const now = hash.digest('hex')
  if (now === (await readFile(stamp, 'utf8').catch(() => '')) && !force) return
  const [text, path] = [await compileKernels(name), compiledPaths[name]]
  if (text !== (await readFile(path, 'utf8').catch(() => ''))) await writeFile(path, text)
  await mkdir(stamps, { recursive: true })
  await writeFile(stamp, now)
}

try {
  for (const name of ['core', 'sinks'] as const) await kernels(name)
  const core = await build('core', '')
  const hash = createHash('sha256').update(core).digest('hex')
  const [sinks, , , monitor] = await Promise.all([
    build('sinks', hash),
    build('kafka-source', hash),
    build('s3', hash),
    build('monitor', hash),
    build('create-tickets-app', ''),
  ])
  await build('cli', createHash('sha256').update(sinks).update(monitor).digest('hex'))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
