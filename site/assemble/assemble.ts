import { readFileSync } from 'node:fs'
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { read, root, tracked } from '../../test/repo/files.ts'
import { sideBar } from '../navigation.ts'
import { plainTitles, writeApi } from './api.ts'
import { errorPages } from './errors.ts'
import { homePage } from './home.ts'
import { picturePlace, rewriteLinks } from './links.ts'
import { llmsText } from './llms.ts'
import { folderPage, routes } from './routes.ts'

const titleOf = (text: string): string => /^# (.+?)(?: \{#.*\})?$/m.exec(text)?.[1]?.replaceAll(/[`\\]/g, '') ?? ''

/** Collects all that the site is built from in a folder: pages of the repository, pages made of them, the API, sources that they link to. */
export async function assemble(to: string): Promise<void> {
  await rm(to, { recursive: true, force: true })
  const pages = new Map<string, string>()
  const linked = { pictures: new Set<string>(), sources: new Set<string>(), folders: new Set<string>() }
  const add = (path: string, page: string, text: string) => {
    const found = rewriteLinks(text, path, page)
    for (const kind of ['pictures', 'sources', 'folders'] as const) for (const file of found[kind]) linked[kind].add(file)
    pages.set(page, found.text)
  }
  for (const [path, page] of routes) add(path, page, read(path))
  for (const path of linked.folders) pages.set(folderPage(path), folderText(path, linked.sources))
  for (const { code, text } of errorPages(pages.get('reference/errors.md') ?? '')) pages.set(`errors/${code}.md`, text)
  pages.set('index.md', homePage())
  pages.set('playground.md', readFileSync(join(import.meta.dirname, '../pages/playground.md'), 'utf8'))
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(to, path)), { recursive: true })
    await writeFile(join(to, path), text)
  }
  for (const [page, text] of pages) await write(page, text)
  for (const path of linked.pictures) await cp(join(root, path), join(to, picturePlace(path)))
  for (const path of linked.sources) await cp(join(root, path), join(to, 'public/source', `${path}.txt`))
  await cp(join(import.meta.dirname, '../public'), join(to, 'public'), { recursive: true })
  await copyMermaid(join(to, 'public/mermaid'))
  const entries = await writeApi(to)
  const api = (await readdir(join(to, 'api'), { recursive: true })).filter((path) => path.endsWith('.md'))
  await plainTitles(api.map((path) => join(to, 'api', path)))
  const titles = [...pages].map(([page, text]) => [page.replace(/\.md$/, ''), titleOf(text)] as const)
  titles.push(['api/index', 'API'])
  await writeFile(join(to, 'site.json'), JSON.stringify({ titles, entries }))
  await writeLlms(write, pages, new Map(titles))
}

/** A page with the files of a folder, as links to their text. */
function folderText(path: string, sources: Set<string>): string {
  const files = tracked.filter((file) => file.startsWith(`${path}/`))
  if (files.length === 0) throw new Error(`${path} has no files`)
  for (const file of files) sources.add(file)
  return `---\nsearch: false\n---\n\n# ${path}\n\n${files.map((file) => `- [${relative(path, file)}](/source/${file}.txt)`).join('\n')}\n`
}

/** Diagrams are drawn by the reader's browser, from files of the site. */
async function copyMermaid(to: string): Promise<void> {
  const dist = dirname(createRequire(import.meta.url).resolve('mermaid/dist/mermaid.esm.min.mjs'))
  await cp(join(dist, 'mermaid.esm.min.mjs'), join(to, 'mermaid.esm.min.mjs'))
  await cp(join(dist, 'chunks/mermaid.esm.min'), join(to, 'chunks/mermaid.esm.min'), { recursive: true, filter: (path) => !path.endsWith('.map') })
}

/** Writes `llms.txt`, `llms-full.txt`, and each page as Markdown beside its HTML. */
async function writeLlms(
  write: (path: string, text: string) => Promise<void>,
  pages: ReadonlyMap<string, string>,
  titles: ReadonlyMap<string, string>,
) {
  const bar = sideBar(titles).map(({ text, items }) => ({
    text,
    pages: items.flatMap(({ link, text: title }) => {
      const path = `${link.slice(1)}.md`
      const found = pages.get(path)
      return found === undefined ? [] : [{ title, path, text: found }]
    }),
  }))
  const listed = bar.flatMap((group) => group.pages)
  const about =
    read('README.md')
      .split('\n')
      .find((line) => line.startsWith('Exactly-once')) ?? ''
  await write(
    'public/llms.txt',
    llmsText(
      about,
      bar.filter((group) => group.pages.length > 0),
    ),
  )
  await write('public/llms-full.txt', listed.map(({ path, text }) => `<!-- ${path} -->\n\n${text}`).join('\n\n'))
  for (const { path, text } of listed) await write(`public/${path}`, text)
}
