import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { folder } from '../../test/helpers.ts'
import { readMigrations } from './migrations.ts'

test('statements end with ; at the end of a line, comments go, and line ends do not change the checksum', async () => {
  const dir = await folder()
  const url = pathToFileURL(`${dir}/`)
  const sql = "-- first\nCREATE TABLE a (x TEXT DEFAULT ';');\n\nCREATE TABLE b (y INT);\n"
  await writeFile(join(dir, '1_a.sql'), sql)
  const [before] = await readMigrations(url)
  expect(before).toMatchObject({ version: 1, name: '1_a.sql', statements: ["CREATE TABLE a (x TEXT DEFAULT ';')", 'CREATE TABLE b (y INT)'] })
  await writeFile(join(dir, '1_a.sql'), sql.replaceAll('\n', '\r\n'))
  expect((await readMigrations(url))[0]?.checksum).toBe(before?.checksum)
})

test.each([[['1_a.sql', '01_b.sql']], [['a.sql']]])('numbers must be there, each once: %j', async (names) => {
  const dir = await folder()
  for (const name of names) await writeFile(join(dir, name), 'SELECT 1;')
  await expect(readMigrations(pathToFileURL(`${dir}/`))).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})
