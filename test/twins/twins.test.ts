import { loadModule } from '@tickets/core/kernels'
import { expect, test } from 'vitest'
import { compiledKernels } from '../../packages/sinks/src/kernels/load.ts'
import { ruleTests } from './rule-tests.ts'

// V8 has no SIMD for WebAssembly on a processor without SSE 4.1. Other processors have it always, so that there the kernels run in both projects.
const hasSwitch = process.arch === 'x64' || process.arch === 'ia32'

test.runIf(hasSwitch)('the rules are tried here where no kernel can run', async () => {
  expect(process.execArgv).toContain('--no-enable-sse4-1')
  expect([await compiledKernels(), await loadModule(SIMD)]).toEqual([null, null])
})

test('the laws and rules have their tests in some sixty files', () => {
  expect(ruleTests.length).toBeGreaterThan(50)
})

/** A module with one instruction on 16 bytes. */
const SIMD = Buffer.from([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
]).toString('base64')
