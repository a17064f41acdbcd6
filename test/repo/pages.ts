import { dirname, relative, resolve } from 'node:path'
import { read, root, tracked } from './files.ts'

/** The pages of the documentation, from the root. */
export const pages = tracked.filter((path) => /^(README\.md|CONTRIBUTING\.md|docs\/.*\.md|(packages|examples|deploy)\/[^/]+\/README\.md)$/.test(path))

/** Returns a page without its blocks of code. */
export const proseOf = (path: string): string => read(path).replaceAll(/```[\s\S]*?```/g, '')

/** Returns the links of a page to files of the repository, from the root, with their anchors. */
export function linksOf(path: string): { to: string; anchor: string }[] {
  return [...proseOf(path).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = '', anchor = ''] = link.split('#')
      return { to: file === '' ? path : relative(root, resolve(root, dirname(path), file)), anchor }
    })
}

/** Returns the anchor that GitHub makes of a heading; the site makes the same. */
export const anchorOf = (heading: string): string =>
  heading
    .replaceAll('`', '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')

/** Returns the anchors of a page: those that GitHub and the site make from its headings, and those that it names itself. */
export function anchorsOf(path: string): Set<string> {
  const own = [...read(path).matchAll(/<a id="([^"]+)">/g)].map((match) => match[1] ?? '')
  const headings = [...proseOf(path).matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? ''))
  return new Set([...own, ...headings])
}
