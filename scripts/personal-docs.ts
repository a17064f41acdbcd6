import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PersonalData } from '@tickets/core'
import { columnsText, placeText } from '../packages/cli/src/commands/personal.ts'
import { root } from '../test/repo/files.ts'
import { table, withSection } from './monitor-docs.ts'

// Writes what the feeds of the example hold into docs/operations/personal-data.md; test/repo/personal.test.ts fails where it is old.
export const PAGE = 'docs/operations/personal-data.md'

/** What the pipelines of the example say. Starts none, so the address of the database leads nowhere. */
export async function examplesData(): Promise<readonly PersonalData[]> {
  process.env.MYSQL_URL = 'mysql://warehouse@db.example:3306/support'
  const { default: feeds } = await import('../examples/feeds/feeds.config.ts')
  return feeds.personalData()
}

/** The page with the lists as they are now. */
export function withPlaces(page: string, all: readonly PersonalData[]): string {
  const lists = all.map(({ pipeline, places }) => {
    const rows = places.map((one) => [
      placeText(one),
      columnsText(one),
      one.target === null ? '' : `\`${one.target.replace(`file:${process.cwd()}/`, '')}\``,
    ])
    return `The feed \`${pipeline}\`:\n\n${table(['place', 'personal columns', 'target'], rows)}`
  })
  return withSection(page, 'places', lists.join('\n\n'))
}

if (process.argv[1] === import.meta.filename) {
  const path = join(root, PAGE)
  await writeFile(path, withPlaces(await readFile(path, 'utf8'), await examplesData()))
}
