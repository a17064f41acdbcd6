import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { runOne } from '../../bench/runner/run-one.ts'

const node = (program: string, grace?: number) => ({ command: process.execPath, args: ['-e', program], ...(grace === undefined ? {} : { grace }) })
const tell = `console.log('BENCH {"seconds": 0.5}')`
const MiB = 2 ** 20

test('its own seconds are reported, all of its time is measured', async () => {
  const { seconds, total, cpu, memory } = await runOne(node(`setTimeout(() => ${tell}, 200)`), { timeout: 60_000 })
  expect(seconds).toBe(0.5)
  expect(total).toBeGreaterThan(0.2)
  expect(memory).toBeGreaterThan(20 * MiB)
  expect(cpu).toBeGreaterThan(0)
})

test('memory is that of all processes that live at once, threads included', async () => {
  // Each says when it holds its memory; the line comes a few looks later.
  const fill = 'globalThis.kept = Buffer.alloc(150 * 2 ** 20, 1);'
  const child = `${fill} process.stdout.write('full'); setInterval(() => {}, 1000)`
  const thread = `${fill} require('node:worker_threads').parentPort.postMessage('full'); setInterval(() => {}, 1000)`
  const program = `
    const { once } = require('node:events')
    const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: ['ignore', 'pipe', 'ignore'] })
    const thread = new (require('node:worker_threads').Worker)(${JSON.stringify(thread)}, { eval: true })
    Promise.all([once(child.stdout, 'data'), once(thread, 'message')]).then(() => setTimeout(() => ${tell}, 1500))`
  const { memory } = await runOne(node(program, 0), { timeout: 60_000 })
  expect(memory).toBeGreaterThan(300 * MiB)
})

test('what does not end is killed, with all that it started', async () => {
  const mark = `bench-test-${process.pid}`
  const child = `setInterval(() => {}, 1000) // ${mark}`
  const spawned = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'ignore', detached: true })`
  const program = `${spawned}.once('spawn', () => setTimeout(() => ${tell}, 1000)); setInterval(() => {}, 1000)`
  await runOne(node(program, 100), { timeout: 60_000 })
  expect(
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(mark) && !line.includes('spawn')),
  ).toEqual([])
})

test('a process that fails says why, and one that takes too long is stopped', async () => {
  await expect(runOne(node(`throw new Error('no such table')`), { timeout: 60_000 })).rejects.toThrow(/exit code 1: Error: no such table/)
  await expect(runOne(node('process.exit(0)'), { timeout: 60_000 })).rejects.toThrow('exit code 0: it said nothing')
  await expect(runOne(node('setInterval(() => {}, 1000)'), { timeout: 500 })).rejects.toThrow('not done after 0.5 s')
  await expect(runOne({ command: '/nowhere/java', args: [] }, { timeout: 500 })).rejects.toThrow(/ENOENT/)
})
