/** The page of one error code. */
export interface ErrorPage {
  readonly code: string
  readonly group: string
  readonly text: string
}

/**
 * Returns a page for each code of `docs/reference/errors.md`, whose links are already those of the site.
 *
 * @example
 * errorPages(markdown)[0] // { code: 'SCHEMA_UNSUPPORTED', group: 'What you wrote', text: '# SCHEMA_UNSUPPORTED …' }
 */
export function errorPages(markdown: string): ErrorPage[] {
  const sections = markdown.split(/^## /m).slice(1)
  const pages = sections.flatMap((section) => {
    const group = section.slice(0, section.indexOf('\n')).trim()
    const codes = section.split(/^### /m).slice(1)
    return codes.map((part) => ({ code: part.slice(0, part.indexOf('\n')).trim(), group, body: part.slice(part.indexOf('\n')).trim() }))
  })
  const all = new Set(pages.map(({ code }) => code))
  return pages.map(({ code, group, body }) => ({ code, group, text: pageOf(code, group, withLinks(body, all)) }))
}

/** A link to another section leads to its page, and one beside the list of errors to where that stands. */
const withLinks = (body: string, codes: ReadonlySet<string>): string =>
  body.replaceAll(/\]\((#|\.\/)([^)]+)\)/g, (_, kind: string, to: string) => {
    if (kind === './') return `](../reference/${to})`
    return codes.has(to.toUpperCase()) ? `](./${to.toUpperCase()}.md)` : `](../reference/errors.md#${to})`
  })

const pageOf = (code: string, group: string, body: string): string =>
  `---
outline: false
---

# ${code} {#top}

<p class="error-group">An error of <a href="../reference/errors">${group.toLowerCase()}</a></p>

${body}

## Catch it

\`\`\`ts
import { isTicketsError, pipeline } from '@tickets/core'

const run = pipeline(/* yours */)
try {
  await run.run()
} catch (error) {
  if (!isTicketsError(error, '${code}')) throw error
  console.error(error.message) // says what happened and what to do
}
\`\`\`

[All errors](../reference/errors.md) · [No output?](../operations/troubleshoot.md) · [Recover](../operations/recover.md)
`
