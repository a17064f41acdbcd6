import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../repo/files.ts'
import { folder } from './run.ts'

/** Runs a line of bash; `code` is that of the first program of its pipe. */
function bash(line: string): Promise<{ code: number; said: string }> {
  const child = spawn('bash', ['-c', `${line}; echo "code \${PIPESTATUS[0]}"`], { cwd: root, env: { ...process.env, NO_COLOR: '1' } })
  let said = ''
  child.stdout.on('data', (text) => (said += text))
  child.stderr.on('data', (text) => (said += text))
  return new Promise((done) => child.once('close', () => done({ code: Number(/code (\d+)\n$/.exec(said)?.[1]), said })))
}
const node = JSON.stringify(process.execPath)
const generate = (to: string) => `${node} examples/generate-to-parquet.ts --tickets 5000 --output ${to}`
const inspect = `${node} packages/cli/dist/bin.js inspect`

describe('a reader of output that goes away ends no run', () => {
  test('of its progress', async () => {
    const to = join(await folder(), 'generated')
    const { code, said } = await bash(`${generate(to)} 2>&1 >/dev/null | head -c 10`)
    expect([code, said]).toEqual([0, expect.stringMatching(/^5000 tickecode 0\n$/)])
    expect((await bash(`${inspect} ${to}/tickets --json`)).said).toContain('5000')
  })

  test('of its results', async () => {
    const { code, said } = await bash(`${node} examples/demo.ts --tickets 500 --json --output ${join(await folder(), 'demo')} | true`)
    expect(code).toBe(0)
    expect(said).not.toMatch(/EPIPE|\n +at /)
  })
})

test.runIf(existsSync('/dev/full'))('results that stdout cannot take are an error', async () => {
  const to = join(await folder(), 'generated')
  expect((await bash(generate(to))).code).toBe(0)
  const { code, said } = await bash(`${inspect} ${to}/tickets --json > /dev/full`)
  expect(code).toBe(1)
  expect(said).toContain('error UNEXPECTED: stdout could not be written: the disk is full')
})
