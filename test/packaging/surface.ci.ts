import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { expect, test } from 'vitest'
import { packages } from './project.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The declared entries of a built package, without those of sibling packages and of threads, which are not public. */
function publicEntries(name: string): { readonly entry: string; readonly types: string }[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as {
    exports: Record<string, { types: string } | string>
  }
  return Object.entries(exports)
    .filter(
      ([entry, target]) =>
        typeof target === 'object' && !['./command-line', './internal', './kernels'].includes(entry) && !entry.endsWith('-worker.js'),
    )
    .map(([entry, target]) => ({ entry, types: (target as { types: string }).types }))
}

function reportOf(name: string, types: string): string {
  const folder = resolve(root, 'packages', name)
  const to = mkdtempSync(join(tmpdir(), 'tickets-surface-'))
  const level = { logLevel: ExtractorLogLevel.None, addToApiReportFile: false }
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(folder, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: resolve(folder, types),
      compiler: { tsconfigFilePath: join(root, 'tsconfig.build.json') },
      apiReport: { enabled: true, reportFolder: to, reportTempFolder: to, reportFileName: 'report' },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: level },
        extractorMessageReporting: { default: level },
        tsdocMessageReporting: { default: level },
      },
    },
  })
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = true
    },
  })
  return readFileSync(join(to, 'report.api.md'), 'utf8')
}

// Reads the built packages. A change on purpose is written with `vitest run --config test/ci.config.ts --root . test/packaging/surface.ci.ts -u`, and its diff is reviewed.
for (const name of packages)
  test.each(publicEntries(name))(`the public interface of @tickets/${name} at $entry is the one on record`, async ({ entry, types }) => {
    await expect(reportOf(name, types)).toMatchFileSnapshot(`surface/${name}${entry === '.' ? '' : `-${entry.slice(2)}`}.api.md`)
  })
