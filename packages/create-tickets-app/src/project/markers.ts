/** `code //: kafka|mysql`: a line for these features alone. */
const ONE = /\s*(?:\/\/|#): ([a-z-]+(?:\|[a-z-]+)*)$/
/** `//: kafka {`, also after `#` and in an HTML comment: what follows, up to `}`. */
const BEGIN = /^\s*(?:\/\/|#|<!--): ([a-z-]+(?:\|[a-z-]+)*) \{(?: -->)?$/
const END = /^\s*(?:\/\/|#|<!--): \}(?: -->)?$/

/**
 * Keeps the lines of a template that its features want, and removes the marks. Each template is complete as it is, so editors and compilers read it.
 *
 * @throws an error for a mark that does not end, or ends without having begun
 * @example
 * keepMarked('a\nb //: csv\nc //: json', new Set(['json'])) // 'a\nc'
 */
export function keepMarked(text: string, features: ReadonlySet<string>): string {
  const wanted = (names = '') => names.split('|').some((name) => features.has(name))
  const open: boolean[] = []
  const kept: string[] = []
  for (const [i, line] of text.split('\n').entries()) {
    const begin = BEGIN.exec(line)
    if (begin) open.push(wanted(begin[1]))
    else if (END.test(line)) {
      if (open.pop() === undefined) throw new Error(`line ${i + 1} ends what did not begin`)
    } else if (open.every(Boolean)) {
      const one = ONE.exec(line)
      if (!one || wanted(one[1])) kept.push(one ? line.slice(0, one.index) : line)
    }
  }
  if (open.length > 0) throw new Error(`${open.length} marked parts do not end`)
  return kept.join('\n')
}

/** Fills `{{name}}` and the like. `${{ … }}` of workflows stays. Throws an error for a name without a value. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/(?<!\$)\{\{([a-z-]+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`nothing is known of {{${name}}}`)
    return value
  })
