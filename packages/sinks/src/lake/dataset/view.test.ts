import { link, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from '../../../test/helpers.ts'
import { storageAt } from '../../disk/disk-storage.ts'
import { createRecord } from './records.ts'
import { lookAt } from './view.ts'

async function dataset(...paths: string[]): Promise<string> {
  const dir = await folder()
  for (const path of paths) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), path)
  }
  return dir
}
const seen = async (dir: string) => (await lookAt(storageAt(dir))).parts.map(({ path }) => path)
const part = (n: number, k = 0) => `part-l-t-0-${n}-${k}.jsonl`
const merged = 'part-l-compact-0-0.jsonl'

test('a recorded compaction counts once: its output, or its inputs while the output is not visible', async () => {
  const dir = await dataset(part(0), part(1), part(2))
  await createRecord(storageAt(dir), 'l', { n: 0, attempt: 'a', inputs: [part(0), part(1)], outputs: [{ name: merged, rows: 2, bytes: 1 }] })
  expect(await seen(dir)).toEqual([part(0), part(1), part(2)])
  await writeFile(join(dir, merged), '')
  expect(await seen(dir)).toEqual([merged, part(2)])
  expect(await lookAt(storageAt(dir))).toMatchObject({ waiting: true, newest: new Map([['l/t-0', 2]]), numbers: new Map([['l', 0]]) })
})

test('3.6 a range that is being published is listed whole or not at all', async () => {
  const staging = '.staging/l/all/t-0/1-a'
  const dir = await dataset(part(0), `${staging}/${part(1, 0)}.tmp`, `${staging}/${part(1, 1)}.tmp`)
  await link(join(dir, staging, `${part(1, 0)}.tmp`), join(dir, part(1, 0)))
  expect(await seen(dir)).toEqual([part(0)])
  await link(join(dir, staging, `${part(1, 1)}.tmp`), join(dir, part(1, 1)))
  expect(await seen(dir)).toEqual([part(0), part(1, 0), part(1, 1)])
})
