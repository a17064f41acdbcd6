import { expect, test } from 'vitest'
import { managerOf } from './manager.ts'

test.each([
  ['npm/11.6.0 node/v24.21.0 linux x64 workspaces/false', 'npm', 'npm ci'],
  ['pnpm/12.21.0 npm/? node/v24.21.0 linux x64', 'pnpm', 'npx -y pnpm@12 install --frozen-lockfile'],
  ['yarn/1.22.22 npm/? node/v22.23.3 linux x64', 'yarn', 'npx -y yarn@1 install --frozen-lockfile'],
  ['yarn/4.18.1 npm/? node/v26.10.0 linux x64', 'yarn', 'npx -y @yarnpkg/cli-dist@4 install --immutable'],
  ['bun/1.3.0 npm/? node/v24.0.0 linux x64', 'npm', 'npm ci'],
  [undefined, 'npm', 'npm ci'],
  ['', 'npm', 'npm ci'],
])('%s is %s, which installs in CI by %s', (agent, name, locked) => {
  expect(managerOf(agent)).toMatchObject({ name, installLocked: locked })
})

test('an image has no development dependencies', () => {
  const production = ['npm/11.0.0', 'pnpm/12.0.0', 'yarn/1.22.0', 'yarn/4.0.0'].map((agent) => managerOf(agent).installProduction)
  for (const command of production) expect(command).toMatch(/--omit=dev|--prod/)
})
