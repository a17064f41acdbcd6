/** Writes all that is made from the code: `node scripts/gen.ts`, on the built packages. test/packaging/gen.ci.ts fails where something of it is old. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../test/repo/files.ts'
import * as commands from './commands-page.ts'
import { withTable } from './config-docs.ts'
import { llms } from './llms.ts'
import * as logs from './log-docs.ts'
import * as monitor from './monitor-docs.ts'
import { operations } from './operations.ts'
import * as personal from './personal-docs.ts'
import * as recipes from './recipes-page.ts'
import { publicPackages } from './release/packages.ts'
import { skillOf } from './skills.ts'

const write = (path: string, text: string) => writeFileSync(join(root, path), text)

/** Pages of which a part is made: path → what makes the page of the page before. Each script runs alone, too. */
const pages: Readonly<Record<string, (page: string) => string | Promise<string>>> = {
  [commands.PAGE]: commands.withFlags,
  'docs/reference/configuration.md': withTable,
  [logs.PAGE]: logs.withEvents,
  [monitor.PAGE]: monitor.withMetrics,
  [personal.PAGE]: async (page) => personal.withPlaces(page, await personal.examplesData()),
  [recipes.PAGE]: recipes.recipesPage,
}

for (const [path, made] of Object.entries(operations)) write(path, made)
for (const [path, make] of Object.entries(pages)) write(path, await make(readFileSync(join(root, path), 'utf8')))
for (const one of publicPackages()) write(`packages/${one.folder}/SKILL.md`, skillOf(one))
// It has the first sentences of all of these.
write('llms.txt', llms())
