import { expect, test } from 'vitest'
import { loadPackage } from './load-package.ts'

test('a package is loaded, and one that is not installed is named with what to install', async () => {
  expect(await loadPackage('x', async () => 7)).toBe(7)
  const missing = async () => {
    throw new Error('Cannot find package')
  }
  await expect(loadPackage('@tickets/x', missing)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: 'this needs the package @tickets/x, which is not installed: npm i @tickets/x',
    cause: expect.objectContaining({ message: 'Cannot find package' }),
  })
  await expect(loadPackage('@tickets/x', missing, { needs: 'x://a', install: '@tickets/x y' })).rejects.toThrow(
    'x://a needs the package @tickets/x, which is not installed: npm i @tickets/x y',
  )
})
