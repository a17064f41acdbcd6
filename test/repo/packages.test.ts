import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { publicPackages } from '../../scripts/release/packages.ts'
import { root } from './files.ts'

const packages = publicPackages()

test('all packages have one version', () => {
  expect(packages.length).toBeGreaterThan(5)
  expect(new Set(packages.map(({ manifest }) => manifest.version)).size).toBe(1)
})

describe.each(packages)('$manifest.name', ({ manifest }) => {
  test('can be found, is public, and is published with provenance', () => {
    expect(manifest).toMatchObject({
      license: 'MIT',
      keywords: expect.arrayContaining([expect.any(String)]),
      publishConfig: { access: 'public', provenance: true },
      files: expect.arrayContaining(['dist', 'README.md', 'SKILL.md']),
    })
  })

  test('leaves what stands in product.json to it', () => {
    expect(Object.keys(manifest).filter((field) => ['repository', 'homepage', 'bugs'].includes(field))).toEqual([])
  })

  test('is not published from its folder', () => {
    expect(manifest).toMatchObject({ scripts: { prepublishOnly: 'node ../../scripts/release/refuse.ts' } })
  })
})

test('publishing a folder fails, and says what to do', async () => {
  const published = promisify(execFile)('npm', ['run', 'prepublishOnly'], { cwd: join(root, 'packages/core') })
  await expect(published).rejects.toThrow(/A package is not published from its folder.*docs\/internals\/release.md/)
})
