import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const { NODE_OPTIONS: _, ...env } = process.env

/** Runs a program that guards its output, through a shell; `code` is that of the program, whatever its pipe leads to. */
async function run(program: string, to = ''): Promise<{ code: number; said: string }> {
  const text = `import { guardOutput } from ${JSON.stringify(join(import.meta.dirname, 'output.ts'))}
guardOutput()
guardOutput()
${program}`
  const child = spawn('bash', ['-c', `"$0" --no-warnings --input-type=module -e "$1" ${to}; echo "code \${PIPESTATUS[0]}"`, process.execPath, text], {
    env,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data))
  await new Promise((done) => child.once('close', done))
  return { code: Number(/code (\d+)\n$/.exec(said)?.[1]), said: said.replace(/code \d+\n$/, '') }
}

/** Writes to a stream until nobody reads it, and somewhat later a word to the other one. */
const untilClosed = (to: 'stdout' | 'stderr', other: 'stdout' | 'stderr') => `const timer = setInterval(() => {
  process.${to}.write('x'.repeat(100_000), (error) => {
    if (!error) return
    clearInterval(timer)
    setTimeout(() => process.${other}.write('went on '), 10)
  })
}, 1)`

test('a reader of results that goes away does not end the program, nor make it fail', async () => {
  const { code, said } = await run(untilClosed('stdout', 'stderr'), '| true')
  expect([code, said]).toEqual([0, expect.stringMatching(/^(went on )+$/)])
})

test('a reader of progress that goes away does not either', async () => {
  const { code, said } = await run(untilClosed('stderr', 'stdout'), '2> >(true)')
  expect([code, said]).toEqual([0, expect.stringMatching(/^(went on )+$/)])
})

test.runIf(existsSync('/dev/full'))('results that stdout cannot take make the program fail, and say why once', async () => {
  const { code, said } = await run("console.log('results'); setTimeout(() => console.log('more'), 10)", '> /dev/full')
  expect(code).toBe(1)
  expect(said.match(/error UNEXPECTED: stdout could not be written: the disk is full/g)).toHaveLength(1)
})

test('a program whose output arrives keeps its exit code', async () => {
  expect(await run("console.log('results'); process.exitCode = 3")).toEqual({ code: 3, said: 'results\n' })
})
