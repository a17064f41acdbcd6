import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sharedBroker } from '../broker/shared.ts'
import { example, folder, type Ran, summaryOf } from './run.ts'

const brokers = (await sharedBroker('bad input from Kafka'))?.join(',')

/** One line of ours, exit code 1, no stack. */
function expectError({ code, stderr, stdout }: Ran, says: RegExp): void {
  const errors = stderr.split('\n').filter((line) => /error/i.test(line))
  expect(errors).toHaveLength(1)
  expect(errors[0]).toMatch(/^error [A-Z_]+: /)
  expect(errors[0]).toMatch(says)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(stdout).toBe('')
  expect(code).toBe(1)
}

/** Nothing was written: neither the output nor the log is there. */
const expectNothing = (output: string) => expect([existsSync(output), existsSync(`${output}-log`)]).toEqual([false, false])

const demo = (...args: string[]) => example('demo', ['--tickets', '100', ...args])

test('an unknown flag, with what was meant', async () => {
  expectError(await demo('--tickts', '5'), /OPTION_INVALID.*--tickts.*Did you mean --tickets/)
  expectError(await example('produce', ['--formt', 'csv']), /--formt/)
  expectError(await demo('extra'), /OPTION_INVALID/)
})

test('values that are none, wherever they are from', async () => {
  expectError(await demo('--tickets', 'many'), /--tickets.*many.*whole number/)
  expectError(await demo('--format', 'xml'), /xml.*parquet, arrow, json, csv/)
  expectError(await demo('--brokers', 'nowhere'), /nowhere.*host:port/)
  expectError(await example('demo', [], { env: { SEED: 'x' } }), /SEED/)
  const home = await folder()
  await writeFile(join(home, '.env'), 'RATE=fast\n')
  expectError(await example('demo', [], { cwd: home }), /RATE=fast in \.env/)
})

test('an unreachable broker', async () => {
  const output = join(await folder(), 'out')
  expectError(await demo('--brokers', '127.0.0.1:1', '--retry-for', '1s', '--output', output), /SOURCE_UNREACHABLE.*127\.0\.0\.1:1/)
  expectNothing(output)
  expectError(await example('kafka-to-lake', ['--brokers', '127.0.0.1:1', '--retry-for', '1s', '--output', output]), /SOURCE_UNREACHABLE/)
  expectNothing(output)
  expectError(await example('produce', ['--brokers', '127.0.0.1:1']), /SOURCE_UNREACHABLE/)
})

test.skipIf(!brokers)('a missing topic', async () => {
  const output = join(await folder(), 'out')
  expectError(await demo('--brokers', `${brokers}`, '--topic', 'no-such-topic', '--output', output), /SOURCE_MISSING.*no-such-topic/)
  expectNothing(output)
})

test('an output that cannot be written', async () => {
  const home = await folder()
  await writeFile(join(home, 'file'), '')
  for (const name of ['demo', 'generate-to-parquet', 'custom-sink']) {
    expectError(await example(name, ['--output', join(home, 'file/out')]), /(TARGET|LOG)_UNUSABLE.*file/)
  }
  expectError(await example('produce', ['--output', join(home, 'file/out')]), /TARGET_UNUSABLE/)
  // The log could be written, one of the datasets not: nothing may be left.
  const output = join(home, 'out')
  await mkdir(output)
  await writeFile(join(output, 'metrics'), '')
  expectError(await demo('--output', output), /TARGET_UNUSABLE.*metrics/)
  expect(await readdir(output)).toEqual(['metrics'])
})

test('an input without one valid ticket', async () => {
  const home = await folder()
  const output = join(home, 'out')
  const path = join(home, 'tickets.jsonl')
  for (const [text, says] of [
    ['', /empty/],
    ['no json\n{"ticket_id":1}\n', /not one valid ticket/],
    // Another schema.
    ['{"id":1,"subject":"hello","opened":"2026-01-01T00:00:00Z"}\n', /not one valid ticket.*ticket_id/],
  ] as const) {
    await writeFile(path, text)
    expectError(await demo('--input', path, '--output', output), says)
    expectNothing(output)
  }
  expectError(await demo('--input', join(home, 'none.jsonl'), '--output', output), /SOURCE_MISSING.*none\.jsonl/)
  expectError(await demo('--input', home, '--output', output), /SOURCE_FAILED/)
  expectNothing(output)
})

test('what was written before stays when the next input is refused', async () => {
  const home = await folder()
  const output = join(home, 'out')
  expect((await demo('--output', output)).code).toBe(0)
  await writeFile(join(home, 'bad.jsonl'), 'no\n')
  expectError(await demo('--input', join(home, 'bad.jsonl'), '--output', output), /not one valid ticket/)
  expect(summaryOf(await demo('--output', output, '--resume', '--json'))).toMatchObject({ tickets: 100 })
})

test('continuing with something else', async () => {
  const output = join(await folder(), 'out')
  expect((await demo('--output', output)).code).toBe(0)
  expectError(await demo('--output', output, '--resume', '--seed', '2'), /SOURCE_CHANGED/)
  expectError(await demo('--output', output, '--resume', '--format', 'csv'), /OPTION_INVALID.*parquet/)
})

test('--verbose shows the stack', async () => {
  const { code, stderr } = await demo('--brokers', '127.0.0.1:1', '--retry-for', '1s', '--verbose')
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error SOURCE_UNREACHABLE: /m)
  expect(stderr).toMatch(/^\s+at /m)
})
