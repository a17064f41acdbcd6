import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { publicPackages, root } from './packages.ts'
import { product, productProblems } from './product.ts'

/** Returns the files of changes that no version has yet. */
export const pendingChangesets = (at = root): string[] => readdirSync(join(at, '.changeset')).filter((name) => /^(?!README).*\.md$/.test(name))

/** Returns why the packages must not be published as they are; none where they may. */
export function releaseProblems(at = root): string[] {
  const packages = publicPackages(at)
  const versions = [...new Set(packages.map(({ manifest }) => manifest.version))]
  return [
    ...productProblems(product()),
    ...(versions.length === 1 ? [] : [`the packages have several versions: ${versions.join(', ')}`]),
    ...(versions.includes('0.0.0') ? ['the version is 0.0.0: run `pnpm release:version` first'] : []),
    ...pendingChangesets(at).map((name) => `the changeset ${name} is in no version yet: run \`pnpm release:version\``),
  ]
}

if (import.meta.main) {
  const problems = releaseProblems()
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
  else console.log('ready to publish')
}
