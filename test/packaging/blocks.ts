import { read, tracked } from '../repo/files.ts'

/** A TypeScript block of a Markdown file. */
export interface Block {
  /** `README.md:9`. */
  readonly name: string
  /** A file name for it. */
  readonly file: string
  readonly code: string
  /** Why it is type-checked only: from `<!-- type-check only: … -->` above it. */
  readonly why: string | null
  /** What it prints: a `text` block right below it. */
  readonly prints: string | null
}

/** Lines of a file in a Markdown text, such as a part of an example: with `<!-- excerpt of <path> -->` above them. */
export interface Excerpt {
  /** `README.md:9`. */
  readonly name: string
  readonly path: string
  readonly code: string
}

/** The TypeScript blocks of a Markdown text that stand for themselves, and those that are lines of a file, which is tested itself. */
export function blocksOf(path: string, markdown: string): { readonly blocks: readonly Block[]; readonly excerpts: readonly Excerpt[] } {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  const excerpts: Excerpt[] = []
  const end = (from: number) => lines.findIndex((line, i) => i > from && line.trim() === '```')
  for (let i = 0; i < lines.length; i++) {
    const language = /^\s*```(\w+)/.exec(lines[i] ?? '')?.[1]
    if (language === undefined) continue
    const close = end(i)
    if (close < 0) throw new Error(`${path}:${i + 1}: the block does not end`)
    if (['ts', 'typescript', 'js', 'javascript', 'mjs'].includes(language)) {
      const above = lines.slice(0, i).findLast((line) => line.trim() !== '') ?? ''
      const code = `${lines.slice(i + 1, close).join('\n')}\n`
      const excerpt = /^<!-- excerpt of (\S+) -->$/.exec(above.trim())?.[1]
      const after = lines.findIndex((line, at) => at > close && line.trim() !== '')
      const printed = lines[after]?.trim() === '```text' ? lines.slice(after + 1, end(after)).join('\n') : null
      const name = `${path}:${i + 1}`
      if (excerpt !== undefined) excerpts.push({ name, path: excerpt, code })
      else
        blocks.push({
          name,
          file: `${path.replaceAll(/\W+/g, '-')}-${i + 1}`,
          code,
          why: /<!-- type-check only: (.+?) -->/.exec(above)?.[1] ?? null,
          prints: printed,
        })
    }
    i = close
  }
  return { blocks, excerpts }
}

const all = tracked.filter((path) => /^(README\.md|docs\/.*\.md|packages\/[^/]+\/README\.md)$/.test(path)).map((path) => blocksOf(path, read(path)))

/** All blocks of the README, the docs and the packages' READMEs. */
export const blocks: readonly Block[] = all.flatMap((page) => page.blocks)
/** All excerpts in them. */
export const excerpts: readonly Excerpt[] = all.flatMap((page) => page.excerpts)
