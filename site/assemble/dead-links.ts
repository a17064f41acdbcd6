import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'

/**
 * Returns the links of a built site that lead to a page, a file or an anchor that is not there, as `page → link`.
 *
 * @example
 * await deadLinks('dist') // ['start.html → ./guides/gone']
 */
export async function deadLinks(dist: string): Promise<string[]> {
  const files = new Set(
    (await readdir(dist, { recursive: true, withFileTypes: true }))
      .filter((e) => e.isFile())
      .map((e) => posix.relative(dist, join(e.parentPath, e.name))),
  )
  const pages = new Map<string, { links: string[]; ids: Set<string> }>()
  for (const file of files) if (file.endsWith('.html')) pages.set(file, await pageOf(join(dist, file)))
  const fileOf = (path: string): string | undefined => [path, `${path}.html`, posix.join(path, 'index.html')].find((name) => files.has(name))
  const dead = [...pages].flatMap(([page, { links }]) =>
    links
      .filter((link) => {
        const { pathname, hash } = new URL(link, `http://site/${page}`)
        const target = fileOf(decodeURIComponent(pathname).slice(1) || 'index.html')
        const anchor = decodeURIComponent(hash.slice(1))
        return target === undefined || (anchor !== '' && pages.has(target) && !pages.get(target)?.ids.has(anchor))
      })
      .map((link) => `${page} → ${link}`),
  )
  return [...new Set(dead)].sort()
}

/** The links of a page to the same site, and its anchors. */
async function pageOf(path: string): Promise<{ links: string[]; ids: Set<string> }> {
  const html = (await readFile(path, 'utf8')).replaceAll(/<(script|style)[\s\S]*?<\/\1>/g, '')
  const all = (pattern: RegExp) => [...html.matchAll(pattern)].map(([, value = '']) => value.replaceAll('&amp;', '&'))
  return {
    links: all(/<a\b[^>]*?\shref="([^"]*)"/g)
      .concat(all(/<img\b[^>]*?\ssrc="([^"]*)"/g))
      .filter((link) => !/^(?!http:\/\/site)[a-z]+:/.test(link) && link !== ''),
    ids: new Set(all(/\s(?:id|name)="([^"]+)"/g)),
  }
}
