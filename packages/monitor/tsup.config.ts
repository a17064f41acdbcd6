import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import type { Options } from 'tsup'
import { packageBuild } from '../../tsup.base.ts'

/** Bundles the page of the dashboard: a script with its chart library, and a style. Both become texts in the package. */
async function bundlePage(): Promise<{ readonly script: string; readonly style: string }> {
  const options = { bundle: true, minify: true, write: false, target: 'es2022', legalComments: 'none' } as const
  const bundled = async (path: string, format?: 'iife') =>
    (await build({ ...options, entryPoints: [path], ...(format && { format }) })).outputFiles[0]?.text ?? ''
  const licence = readFileSync(join(dirname(createRequire(import.meta.url).resolve('uplot')), '../LICENSE'), 'utf8')
  const script = await bundled('src/page/main.ts', 'iife')
  return { script: `/* uPlot:\n${licence.trim()}\n*/\n${script}`, style: await bundled('src/page/page.css') }
}

const options = packageBuild({ index: 'src/index.ts', opentelemetry: 'src/opentelemetry.ts' }) as Options

export default async () => {
  const { script, style } = await bundlePage()
  return { ...options, define: { DASHBOARD_SCRIPT: JSON.stringify(script), DASHBOARD_STYLE: JSON.stringify(style) } }
}
