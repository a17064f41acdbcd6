import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kinds } from '../../scripts/new/files.ts'
import { root } from '../repo/files.ts'
import { sh } from './project.ts'

let home: string
let clone: string
const node = (...args: string[]) => sh(process.execPath, args, clone, { CI: 'true' })

/** A clone of the last commit, with the packages that are installed here, and a new part of each kind in it. */
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-new-'))
  clone = join(home, 'clone')
  await sh('git', ['clone', '--quiet', '--depth', '1', `file://${root}`, clone], home)
  // A link is no folder, which is what .gitignore leaves out.
  await writeFile(join(clone, '.git/info/exclude'), 'node_modules\n')
  const folders = ['.', 'bench', 'examples', 'site', ...(await readdir(join(clone, 'packages'))).map((name) => `packages/${name}`)]
  for (const folder of folders) await symlink(join(root, folder, 'node_modules'), join(clone, folder, 'node_modules'))
  for (const kind of Object.keys(kinds)) await node('scripts/new/new.ts', kind, `new-${kind}`, '--files')
}, 120_000)
afterAll(() => rm(home, { recursive: true, force: true }))

test('what pnpm new writes passes the compiler and the linter', async () => {
  await node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json')
  await node('node_modules/@biomejs/biome/bin/biome', 'check', 'packages', 'docs', '.changeset')
}, 300_000)

test('its specs, and the rules of this repository, pass as they are', async () => {
  const rules = ['structure', 'arrows', 'phrases', 'doc-comments', 'docs', 'files', 'text'].map((name) => `test/repo/${name}.test.ts`)
  const said = await node('node_modules/vitest/vitest.mjs', 'run', 'new-operator', 'new-sink', 'new-source', ...rules)
  expect(said).toMatch(/Test Files .*10 passed/)
}, 300_000)
