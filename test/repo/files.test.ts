import { expect, test } from 'vitest'
import { alone } from '../../vitest.config.ts'
import { read, sources, tracked } from './files.ts'

test('no source file is above 300 lines', () => {
  const long = sources.map((path) => ({ path, lines: read(path).split('\n').length - 1 })).filter(({ lines }) => lines > 300)
  expect(long).toEqual([])
})

test('examples have at most 60 lines', () => {
  const examples = sources.filter((path) => /^examples\/[^/]+\.ts$/.test(path))
  expect(examples.length).toBeGreaterThanOrEqual(6)
  expect(examples.filter((path) => read(path).split('\n').length - 1 > 60)).toEqual([])
})

test('no tracked file names a path of one machine or a registry host', () => {
  // Put together here, so that this file does not find itself.
  const folders = ['work', 'home', 'root', 'Users'].join('|')
  const hosts = [`registry\\.(?!d\\.ts)[a-z-]+\\.[a-z]`, `npmjs\\.`, 'artifactory'].join('|')
  const told = new RegExp(`(?<![\\w.~)}\\]-])/(${folders})/|[A-Z]:\\\\\\\\|${hosts}`)
  const guilty = tracked
    .filter((path) => path !== 'test/repo/files.test.ts')
    .flatMap((path) =>
      read(path)
        .split('\n')
        .map((line, i) => ({ at: `${path}:${i + 1}`, line })),
    )
    .filter(({ line }) => told.test(line))
  expect(guilty).toEqual([])
})

test('no export is a default export, but for the configuration of tools', () => {
  const guilty = sources.filter(
    (path) => /^export default/m.test(read(path)) && !/\.config\.(ts|mjs)$|(^|\/)global-setup\.ts$|^site\/\.vitepress\//.test(path),
  )
  expect(guilty).toEqual([])
})

test('what replaces modules, globals or listeners of the process shares its worker with no other file of tests', () => {
  // A spy on a global is put back once more after its file, and then brings back whatever stood there: a timer of a clock that no longer runs.
  const replaces = /\bvi\.(mock|doMock|resetModules|stubGlobal)\b|\bvi\.spyOn\(globalThis\b|removeAllListeners\('unhandledRejection'\)/
  const inShared = sources.filter((path) => /^packages\/(core|sinks)\/.*\.test\.ts$/.test(path))
  expect(inShared.length).toBeGreaterThan(400)
  expect(inShared.filter((path) => replaces.test(read(path)) && !alone.includes(path))).toEqual([])
  expect(alone.filter((path) => !sources.includes(path))).toEqual([])
})
