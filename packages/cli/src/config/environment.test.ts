import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { readEnvFile, readSecret, readVariables } from './environment.ts'
import { settingsOf } from './settings.ts'
import { secret } from './value-types.ts'

let home = ''
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-environment-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

const settings = settingsOf(z.object({ rate: z.int(), key: secret() }), 'APP_')
const read = (variables: Record<string, string>) => {
  const problems: string[] = []
  const found = readVariables(settings, variables, { place: 'the environment', rank: 2, prefix: 'APP_', problems })
  return { found: [...found.values()], problems }
}

test('variables are read with where they are from, and a secret without its value', () => {
  expect(read({ APP_RATE: '5', APP_KEY: 'hidden', OTHER: '1' })).toEqual({
    found: [
      { text: '5', where: 'APP_RATE=5 in the environment', rank: 2 },
      { text: 'hidden', where: 'APP_KEY in the environment', rank: 2 },
    ],
    problems: [],
  })
})

test('empty variables count as not set, and unknown names of the prefix are problems', () => {
  expect(read({ APP_RATE: '', APP_RATES: '5', APP_SERVICE_HOST: '10.0.0.1' })).toEqual({
    found: [],
    problems: ['APP_RATES in the environment is not known. Did you mean APP_RATE?'],
  })
})

test('a secret is given by value or by file, not by both', () => {
  expect(read({ APP_KEY_FILE: '/key' }).found).toEqual([{ text: '/key', file: '/key', where: 'APP_KEY_FILE=/key in the environment', rank: 2 }])
  expect(read({ APP_KEY: 'a', APP_KEY_FILE: '/key' }).problems).toEqual(['APP_KEY and APP_KEY_FILE are both in the environment: give one of them'])
})

test('a secret in a file loses its line end, and a file that cannot be read is a problem', async () => {
  const path = join(home, 'key')
  await writeFile(path, 'a b\r\n')
  const problems: string[] = []
  expect(readSecret({ text: path, file: path, where: 'KEY_FILE', rank: 2 }, problems)).toBe('a b')
  expect(readSecret({ text: home, file: join(home, 'none'), where: 'KEY_FILE', rank: 2 }, problems)).toBe(null)
  expect(problems).toEqual([expect.stringMatching(/^KEY_FILE: the file cannot be read \(ENOENT\)/)])
})

test('.env may be absent', async () => {
  const problems: string[] = []
  const path = join(home, '.env')
  expect(readEnvFile(path, problems)).toEqual({})
  await writeFile(path, '# rate\nRATE="5"\n')
  expect({ ...readEnvFile(path, problems) }).toEqual({ RATE: '5' })
  expect(problems).toEqual([])
  expect(readEnvFile(home, problems)).toEqual({})
  expect(problems).toEqual([expect.stringContaining('cannot be read (EISDIR)')])
})
