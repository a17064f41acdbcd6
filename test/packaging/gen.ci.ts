import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root, tracked } from '../repo/files.ts'

const texts = tracked.filter((path) => /\.(md|txt|json|ya?ml)$/.test(path))
const all = () => new Map(texts.map((path) => [path, existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null]))

test('all that is made from the code is as the code is: pnpm gen changes nothing, within 30 s', () => {
  const before = all()
  const began = performance.now()
  execFileSync(process.execPath, [join(root, 'scripts/gen.ts')], { cwd: root })
  expect(performance.now() - began).toBeLessThan(30_000)
  const changed = [...all()].filter(([path, text]) => text !== before.get(path)).map(([path]) => path)
  expect(changed, 'run pnpm gen, and commit these').toEqual([])
})
