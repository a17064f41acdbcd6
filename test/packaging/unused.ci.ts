import { join } from 'node:path'
import { test } from 'vitest'
import { root } from '../repo/files.ts'
import { sh } from './project.ts'

test('no file, export or dependency is unused, and none is missing, by knip', async () => {
  await sh(join(root, 'node_modules/.bin/knip'), [], root)
})
