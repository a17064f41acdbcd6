import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from '../log/logs.fixture.ts'
import { loadRunnable } from './runnable.ts'

async function file(text: string): Promise<string> {
  const path = join(await folder(), 'module.mjs')
  await writeFile(path, text)
  return path
}
const stub = '{ run() {} }'

test('a pipeline, or what a function of the module makes, also later', async () => {
  for (const text of [stub, `() => (${stub})`, `async () => (${stub})`])
    expect(await loadRunnable(await file(`export default ${text}`))).toMatchObject({ run: expect.any(Function) })
})

test('anything else is refused with what to do', async () => {
  await expect(loadRunnable(await file('export default () => 5'))).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('returns neither pipeline({ … }) nor feeds({ … }): let it return one'),
  })
  await expect(loadRunnable(await file('export default 5'))).rejects.toMatchObject({ message: expect.stringContaining('as its default') })
})
