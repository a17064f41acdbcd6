import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder, lake, ticket } from './logs.fixture.ts'
import { openPlace } from './place.ts'
import { readLog } from './read-log.ts'

test('looking at a log changes nothing in it, and makes none', async () => {
  const { dir, run } = await lake([JSON.stringify(ticket(0))])
  await run()
  const seen = async () => (await (await openPlace(join(dir, 'log'))).files()).map(({ path, modified }) => `${path} ${modified}`)
  const before = await seen()
  expect(before.length).toBeGreaterThan(3)
  await readLog(await openPlace(join(dir, 'log')))
  expect(await seen()).toEqual(before)
})

test('where there is no log the error says what to give, and no folder is made', async () => {
  const dir = await folder()
  await expect(readLog(await openPlace(join(dir, 'none')))).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('give what commitLog() was given'),
  })
  expect(await readdir(dir)).toEqual([])
})
