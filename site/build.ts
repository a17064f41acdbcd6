import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vitepress'
import { agedPages, dated } from './assemble/ages.ts'
import { assemble } from './assemble/assemble.ts'
import { deadLinks } from './assemble/dead-links.ts'

// Refuses figures of performance and support that are too old, collects the pages into .pages, and builds the site into dist; --pages stops after the first.
const folder = import.meta.dirname
const dist = join(folder, 'dist')

const aged = agedPages(dated, join(folder, '..'), Date.now())
if (aged.length > 0) {
  console.error(`figures are too old to be published:\n${aged.join('\n')}`)
  process.exit(1)
}
await assemble(join(folder, '.pages'))
if (!process.argv.includes('--pages')) {
  await rm(dist, { recursive: true, force: true })
  await build(folder)
  const dead = await deadLinks(dist)
  if (dead.length > 0) {
    console.error(`${dead.length} dead links:\n${dead.join('\n')}`)
    process.exit(1)
  }
}
