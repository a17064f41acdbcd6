import { createHash } from 'node:crypto'

/** The script and style of the page, which tsup.config.ts bundles; not there where the sources run as they are. */
declare const DASHBOARD_SCRIPT: string | undefined
declare const DASHBOARD_STYLE: string | undefined

/** A page, and what may run and load on it. */
export interface PageDocument {
  readonly html: string
  /** Its Content-Security-Policy. */
  readonly policy: string
}

const UNBUILT = "document.body.textContent = 'This page is built with the package: node scripts/build.ts'"

const bundled = () => ({
  script: typeof DASHBOARD_SCRIPT === 'undefined' ? UNBUILT : DASHBOARD_SCRIPT,
  style: typeof DASHBOARD_STYLE === 'undefined' ? '' : DASHBOARD_STYLE,
})

/**
 * Returns the page of a dashboard: one document that loads nothing. Its policy allows its own script and style, by their hashes, and requests to its own
 * server.
 */
export function pageDocument({ script, style }: { readonly script: string; readonly style: string } = bundled()): PageDocument {
  // The text of a script ends where it says so, in a string, too.
  const safe = script.replaceAll('</script', '<\\/script')
  const head = `<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>tickets</title>
<link rel="icon" href="data:,">
<style>${style}</style>`
  const html = `<!doctype html>
<html lang="en">
<head>
${head}
</head>
<body>
<noscript>The dashboard needs JavaScript. /status has the same as JSON.</noscript>
<script>${safe}</script>
</body>
</html>
`
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(safe)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return { html, policy: policy.join('; ') }
}

const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`
