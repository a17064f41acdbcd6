import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { copyTree } from '../../scripts/release/copy.ts'
import { checkLicences } from '../../scripts/release/licences.ts'
import { packAll, sameTarballs, type Tarball } from '../../scripts/release/pack.ts'
import { publicPackages } from '../../scripts/release/packages.ts'
import { pendingChangesets } from '../../scripts/release/ready.ts'
import { version } from '../../scripts/release/version.ts'
import { sh } from './project.ts'

// `pnpm release:rehearse` does the rest: it packs all packages, publishes them to a local registry, installs and runs them.
let home = ''
let made = ''
const packed: Tarball[][] = []

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-release-'))
  for (const folder of ['one', 'a/deeper/folder']) {
    const tree = join(home, folder)
    await mkdir(tree, { recursive: true })
    copyTree(tree)
    made = await version(tree)
    packed.push(await packAll(join(home, `tarballs-${packed.length}`), tree, ['core', 's3']))
  }
}, 300_000)

afterAll(async () => {
  await rm(home, { recursive: true, force: true })
})

describe('a release, made in two folders', () => {
  test('turns the pending changesets into one version, and says it wherever it stands', async () => {
    const tree = join(home, 'one')
    expect(pendingChangesets(tree)).toEqual([])
    expect(publicPackages(tree).map(({ manifest }) => manifest.version)).toEqual(publicPackages().map(() => made))
    expect(await readFile(join(tree, 'packages/sinks/src/lake/dataset/versions.ts'), 'utf8')).toContain(`'@tickets/sinks@${made}'`)
    expect(await readFile(join(tree, 'packages/core/CHANGELOG.md'), 'utf8')).toMatch(`## ${made}`)
  })

  test('packs the same bytes', () => {
    const [one = [], other = []] = packed
    expect(one.map(({ name }) => name)).toEqual(['@tickets/core', '@tickets/s3'])
    expect(sameTarballs(one, other)).toBe('2 tarballs have the same SHA-512 from two folders')
  })

  test('needs siblings of its own version', async () => {
    const path = packed[0]?.find(({ name }) => name === '@tickets/s3')?.path ?? ''
    const manifest = JSON.parse(await sh('tar', ['-xzOf', path, 'package/package.json'], home))
    expect(manifest).toMatchObject({ version: made, peerDependencies: { '@tickets/core': `^${made}` } })
  })
})

test('every production dependency has a licence that users can accept', async () => {
  expect(await checkLicences()).toMatch(/^\d+ production dependencies: /)
})
