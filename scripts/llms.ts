import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { llmsText } from '../site/assemble/llms.ts'
import { routes } from '../site/assemble/routes.ts'
import { sideBar } from '../site/navigation.ts'
import { read, root } from '../test/repo/files.ts'
import { publicPackages } from './release/packages.ts'

// Writes llms.txt: the pages of the documentation and the skills of the packages, each with its first sentence, for agents that have the repository.

/** Returns the text as the pages are now. */
export function llms(): string {
  const paths = new Map([...routes].map(([path, page]) => [page.replace(/\.md$/, ''), path]))
  const titles = new Map([...paths].map(([page, path]) => [page, titleOf(path)]))
  const groups = sideBar(titles).map(({ text, items }) => ({ text, pages: items.flatMap(({ link }) => listed(paths.get(link.slice(1)))) }))
  const skills = { text: 'Skills', pages: publicPackages().flatMap(({ folder }) => listed(`packages/${folder}/SKILL.md`)) }
  const about =
    read('README.md')
      .split('\n')
      .find((line) => line.startsWith('Exactly-once')) ?? ''
  return llmsText(
    about,
    [...groups, skills].filter(({ pages }) => pages.length > 0),
  )
}

const titleOf = (path: string): string => /^# (.+)$/m.exec(read(path))?.[1]?.replaceAll(/[`\\]/g, '') ?? path
const listed = (path: string | undefined) => (path === undefined ? [] : [{ title: titleOf(path), path, text: read(path) }])

if (import.meta.main) writeFileSync(join(root, 'llms.txt'), llms())
