import { namesOf } from './names.ts'
import { operator } from './operator.ts'
import type { Part } from './part.ts'
import { sink } from './sink.ts'
import { source } from './source.ts'

/** The kinds of parts, by the word that asks for one. */
export const kinds: Readonly<Record<string, Part>> = { operator, sink, source }

/**
 * Returns the files of a new part, by path: its source, spec, page and changeset, and the entry and the page that name it.
 *
 * @param read returns the text of a tracked file; throws or returns null where there is none
 * @throws an `Error` where the name is taken, or is no name
 */
export function filesOf(kind: string, name: string, read: (path: string) => string | null): Map<string, string> {
  const part = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (!part) throw new Error(`there is no kind ${JSON.stringify(kind)}: it is one of ${Object.keys(kinds).join(', ')}`)
  const names = namesOf(name)
  const path = `${part.folder}/${names.kebab}.ts`
  const docs = `docs/guides/${names.kebab}.md`
  const changeset = `.changeset/add-${names.kebab}.md`
  for (const taken of [path, docs, changeset]) if (read(taken) !== null) throw new Error(`there is a ${taken} already: choose another name`)
  const entry = read(part.entry) ?? ''
  const exported = part.exportsOf(names)
  for (const one of exported) {
    const word = one.replace('type ', '')
    if (new RegExp(`\\b${word}\\b`).test(entry)) throw new Error(`${part.packageName} exports a ${word} already: choose another name`)
  }
  const from = `./${path.slice(part.entry.lastIndexOf('/') + 1)}`
  return new Map([
    [path, part.source(names)],
    [path.replace(/\.ts$/, '.test.ts'), part.spec(names)],
    [docs, part.docs(names)],
    [changeset, `---\n\n'${part.packageName}': minor\n---\n\nThe ${kind} \`${names.camel}\` is new.\n`],
    [part.entry, `${entry.trimEnd()}\nexport { ${exported.join(', ')} } from '${from}'\n`],
    [part.page, withLink(read(part.page) ?? '', `[${names.camel}](${names.kebab}.md)`)],
  ])
}

/** Returns a page with a link in its last section, which is "See also". */
function withLink(page: string, link: string): string {
  const heading = '## See also'
  const text = page.includes(`\n${heading}\n`) ? page.trimEnd() : `${page.trimEnd()}\n\n${heading}\n`
  return `${text}\n- ${link}\n`
}
