import { describe, expect, test } from 'vitest'
import { isAllowed } from '../../scripts/release/licences.ts'
import { sameTarballs } from '../../scripts/release/pack.ts'
import { product, productProblems } from '../../scripts/release/product.ts'
import { releaseProblems } from '../../scripts/release/ready.ts'
import { read, tracked } from './files.ts'

describe('a release is refused', () => {
  const real = {
    repository: 'https://github.com/acme/tickets',
    homepage: 'https://acme.github.io/tickets/',
    bugs: 'https://github.com/acme/tickets/issues',
    security: 'https://github.com/acme/tickets/security/advisories/new',
  }

  test('while product.json has a placeholder, or no address', () => {
    expect(productProblems(real)).toEqual([])
    expect(productProblems({ ...real, bugs: 'https://github.com/OWNER/tickets/issues' })).toEqual([
      'bugs of product.json is a placeholder: https://github.com/OWNER/tickets/issues',
    ])
    expect(productProblems({ ...real, security: 'later' })).toEqual(['security of product.json is no https: address: later'])
  })

  test('for every placeholder of today', () => {
    const problems = productProblems(product())
    expect(releaseProblems()).toEqual(expect.arrayContaining(problems))
  })

  test('where two packs differ', () => {
    const one = [{ name: 'a', path: 'a.tgz', integrity: 'sha512-1' }]
    expect(() => sameTarballs(one, [{ name: 'a', path: 'b.tgz', integrity: 'sha512-2' }])).toThrow('two packs of the same source differ: a')
  })

  test('where a licence asks for more than a notice', () => {
    expect(['MIT', '(MIT OR GPL-3.0)', 'MIT AND ISC'].map(isAllowed)).toEqual([true, true, true])
    expect(['GPL-3.0', 'MIT AND GPL-3.0', 'UNKNOWN'].map(isAllowed)).toEqual([false, false, false])
  })
})

test('pages and forms name the places of product.json', () => {
  const { security } = product()
  for (const path of ['SECURITY.md', '.github/ISSUE_TEMPLATE/config.yml']) expect(read(path), path).toContain(security)
})

describe('workflows', () => {
  const workflows = tracked.filter((path) => path.startsWith('.github/workflows/'))

  test('pin actions by commit, with the version beside it', () => {
    const used = workflows.flatMap((path) => [...read(path).matchAll(/uses: (.*)/g)].map(([, action = '']) => action))
    expect(used.length).toBeGreaterThan(5)
    expect(used.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([])
  })

  test('have no right that a job does not ask for, and no token of a registry', () => {
    for (const path of workflows) {
      expect(read(path), path).toMatch(/^permissions: \{\}$/m)
      expect(read(path), path).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN|_authToken/)
    }
  })

  test('publish nothing before a person has approved it', () => {
    const release = read('.github/workflows/release.yml')
    expect(release).toContain('npm stage publish')
    expect(release).not.toMatch(/npm publish|changeset publish|pnpm publish/)
  })
})
