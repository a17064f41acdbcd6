/** A page as language models see it. */
export interface ListedPage {
  readonly title: string
  /** From the root of the site, with `.md`. */
  readonly path: string
  readonly text: string
}

/** Returns the first sentence of prose of a page, without links. */
export function firstSentence(text: string): string {
  const prose = text.replace(/^---[\s\S]*?^---$/m, '').replaceAll(/```[\s\S]*?```|<!--[\s\S]*?-->|^(#|\||<|!\[|- |:::).*$/gm, '')
  const paragraph =
    prose
      .split(/\n\s*\n/)
      .map((part) => part.trim().replaceAll(/\s+/g, ' '))
      .find((part) => part.length > 20) ?? ''
  const plain = paragraph.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('**', '')
  return /^.*?[.:](?= [A-Z`]|$)/.exec(plain)?.[0].replace(/:$/, '.') ?? plain
}

/** Returns `llms.txt`: what the product is, and each page with its first sentence (llmstxt.org). */
export function llmsText(about: string, groups: readonly { readonly text: string; readonly pages: readonly ListedPage[] }[]): string {
  const sections = groups.map(({ text, pages }) => {
    const lines = pages.map((page) => `- [${page.title}](/${page.path}): ${firstSentence(page.text) || page.title}`)
    return `## ${text}\n\n${lines.join('\n')}\n`
  })
  return `# tickets\n\n> ${about}\n\n${sections.join('\n')}`
}
