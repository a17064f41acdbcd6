import { readFileSync } from 'node:fs'

const product = JSON.parse(readFileSync(new URL('product.json', import.meta.url), 'utf8'))

/** What a tarball says of its origin comes from `product.json`, so that it stands in one place; what only this repository needs is left out. */
function beforePacking(manifest) {
  const { devDependencies, scripts, ...published } = manifest
  const directory = `packages/${manifest.name.replace('@tickets/', '')}`
  return {
    ...published,
    homepage: product.homepage,
    bugs: { url: product.bugs },
    repository: { type: 'git', url: `git+${product.repository}.git`, directory },
  }
}

export const hooks = { beforePacking }
