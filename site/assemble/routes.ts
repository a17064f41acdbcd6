import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { root, tracked } from '../../test/repo/files.ts'

/** Pages that are not in `docs/`: the path in the repository → the page of the site. */
const others = (path: string): string | null => {
  if (path === 'README.md') return 'overview.md'
  if (path === 'CONTRIBUTING.md') return 'contributing.md'
  if (path === 'bench/README.md') return 'bench.md'
  const [, kind, name] = /^(packages|examples|deploy)\/([^/]+)\/README\.md$/.exec(path) ?? []
  return kind && name ? `${kind}/${name}.md` : null
}

/** The pages of the site that stand in the repository: path → page. */
export const routes: ReadonlyMap<string, string> = new Map(
  tracked.flatMap((path) => {
    const page = /^docs\/.*\.md$/.test(path) ? path.slice('docs/'.length) : others(path)
    return page === null ? [] : [[path, page] as const]
  }),
)

/** Where a link leads: a page, a picture, a source that is shown as text, or the list of a folder's files. */
export type Target =
  | { readonly kind: 'page'; readonly page: string }
  | { readonly kind: 'picture'; readonly path: string }
  | { readonly kind: 'source'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }

/**
 * Returns where a path of the repository is found on the site.
 *
 * @throws if there is no such file
 * @example
 * targetOf('docs/guides/windows.md') // { kind: 'page', page: 'guides/windows.md' }
 */
export function targetOf(path: string): Target {
  const page = routes.get(path) ?? routes.get(`${path}/README.md`)
  if (page) return { kind: 'page', page }
  const file = join(root, path)
  if (!existsSync(file)) throw new Error(`there is no ${path}`)
  if (statSync(file).isDirectory()) return { kind: 'folder', path }
  return { kind: /\.(svg|png|jpg)$/.test(path) ? 'picture' : 'source', path }
}

/** The page that lists the files of a folder. */
export const folderPage = (path: string): string => join('source', dirname(path), `${basename(path)}.md`)
