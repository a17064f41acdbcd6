import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from '../log/logs.fixture.ts'
import { loadDefault } from './load-module.ts'

const isNumber = (value: unknown): value is number => typeof value === 'number'

test('the default export is returned, and what is wrong with a module is said in one line', async () => {
  const dir = await folder()
  const load = async (name: string, text: string | null) => {
    const path = join(dir, name)
    if (text !== null) await writeFile(path, text)
    return loadDefault(path, '--with', 'a number', isNumber)
  }
  expect(await load('good.mjs', 'export default 3')).toBe(3)
  for (const [name, text, message] of [
    ['none.mjs', null, 'there is no file'],
    ['broken.mjs', 'export default', 'cannot be loaded'],
    ['throws.mjs', 'throw new Error("no key")', 'cannot be loaded: no key'],
    ['other.mjs', 'export const a = 3', 'does not export a number as its default'],
  ] as const)
    await expect(load(name, text)).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining(message) })
})
