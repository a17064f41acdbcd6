import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { compiledPaths, compileKernels } from '../../../../scripts/kernels.ts'
import { compiled } from './compiled.ts'

test('the compiled kernels are those of the sources: run node scripts/kernels.ts after a change', async () => {
  expect(await readFile(compiledPaths.sinks, 'utf8')).toBe(await compileKernels('sinks'))
})

test('they are below ten kilobytes, and import nothing', () => {
  const bytes = Buffer.from(compiled, 'base64')
  expect(bytes.length).toBeLessThan(10_000)
  expect(bytes.subarray(0, 4).toString('latin1')).toBe('\0asm')
})
