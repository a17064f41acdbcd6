import { dirname, relative, resolve } from 'node:path'
import { folderPage, targetOf } from './routes.ts'

/** What a page of the repository needs beside itself. */
export interface Linked {
  readonly text: string
  /** Pictures, sources and folders that it links to; paths from the root of the repository. */
  readonly pictures: readonly string[]
  readonly sources: readonly string[]
  readonly folders: readonly string[]
}

/** Splits a page into code (odd places) and prose (even places), so that links are only sought where they are links. */
const parts = (text: string): string[] => text.split(/(^ *```[\s\S]*?^ *```$|`[^`\n]+`)/m)

/**
 * Rewrites the links of a page from where it stands in the repository to where it stands on the site.
 *
 * @throws if a link leads to a file that is not there
 * @example
 * rewriteLinks('[start](docs/start.md)', 'README.md', 'overview.md').text // '[start](./start.md)'
 */
export function rewriteLinks(text: string, path: string, page: string): Linked {
  const found = { pictures: new Set<string>(), sources: new Set<string>(), folders: new Set<string>() }
  const toPage = (to: string, anchor: string) => `./${relative(dirname(page), to)}${anchor}`
  const rewrite = (link: string): string => {
    if (/^([a-z]+:|#)/.test(link)) return link
    const [file = '', ...rest] = link.split('#')
    const anchor = rest.length > 0 ? `#${rest.join('#')}` : ''
    const target = targetOf(relative('/', resolve('/', dirname(path), file)))
    if (target.kind === 'page') return toPage(target.page, anchor)
    found[`${target.kind}s`].add(target.path)
    if (target.kind === 'folder') return toPage(folderPage(target.path), anchor)
    return target.kind === 'picture' ? toPage(picturePlace(target.path), '') : `/source/${target.path}.txt`
  }
  const link = /(\]\(|<img src=")([^)"\s]+)([)"])/g
  const prose = (part: string) => part.replaceAll(link, (_, open: string, to: string, close: string) => `${open}${rewrite(to)}${close}`)
  const moved = parts(text).map((part, i) => (i % 2 === 1 ? part : prose(part)))
  return { text: moved.join(''), pictures: [...found.pictures], sources: [...found.sources], folders: [...found.folders] }
}

/** Where a picture of the repository stands among the pages. */
export const picturePlace = (path: string): string => path.replace(/^docs\//, '')
