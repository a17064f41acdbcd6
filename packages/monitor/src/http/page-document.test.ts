import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { pageDocument } from './page-document.ts'

const hashOf = (text: string | undefined) =>
  `'sha256-${createHash('sha256')
    .update(text ?? '')
    .digest('base64')}'`

it('allows its own script and style alone, and requests to its own server', () => {
  const { html, policy } = pageDocument({ script: 'run("<b>")', style: 'p { color: red }' })
  const [, style] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? []
  const [, script] = /<script>([\s\S]*?)<\/script>/.exec(html) ?? []
  expect(policy).toBe(
    `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  expect([script, style]).toEqual(['run("<b>")', 'p { color: red }'])
})

it('cannot be ended by a text in its script', () => {
  const { html } = pageDocument({ script: "const a = '</script><b>'", style: '' })
  expect(html.match(/<\/script>/g)).toHaveLength(1)
})

it('says how it is built where the sources run as they are', () => {
  expect(pageDocument().html).toContain('node scripts/build.ts')
})
