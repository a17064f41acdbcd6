import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deadLinks } from '../../site/assemble/dead-links.ts'
import { errorPages } from '../../site/assemble/errors.ts'
import { barsOf, figuresOf } from '../../site/assemble/figures.ts'
import { rewriteLinks } from '../../site/assemble/links.ts'
import { firstSentence } from '../../site/assemble/llms.ts'
import { sideBar } from '../../site/navigation.ts'
import { read } from '../repo/files.ts'

describe('links of pages', () => {
  const moved = (text: string, path = 'README.md', page = 'overview.md') => rewriteLinks(text, path, page)

  test('lead from page to page, with their anchors', () => {
    expect(moved('[a](docs/guides/windows.md#kinds) [b](packages/core/README.md)').text).toBe(
      '[a](./guides/windows.md#kinds) [b](./packages/core.md)',
    )
    expect(moved('[a](../../README.md) [b](#here)', 'docs/guides/windows.md', 'guides/windows.md').text).toBe('[a](./../overview.md) [b](#here)')
  })

  test('to sources and folders bring those along', () => {
    const { text, sources, folders } = moved('[a](examples/payments/payments.ts) [b](examples)')
    expect(text).toBe('[a](/source/examples/payments/payments.ts.txt) [b](./source/examples.md)')
    expect([sources, folders]).toEqual([['examples/payments/payments.ts'], ['examples']])
  })

  test('are no links in code, and fail where nothing is', () => {
    expect(moved('`[a](gone.md)`\n\n```md\n[a](gone.md)\n```\n').text).toContain('[a](gone.md)`')
    expect(() => moved('[a](gone.md)')).toThrow('there is no gone.md')
  })
})

test('each error code becomes a page whose links lead to pages', () => {
  const pages = errorPages(
    '# Errors\n\n## The log\n\n### LOG_GAP\n\nSee [that](#log_held), [over](#x) and [keys](./configuration.md).\n\n### LOG_HELD\n\nHeld.\n',
  )
  expect(pages.map(({ code, group }) => [code, group])).toEqual([
    ['LOG_GAP', 'The log'],
    ['LOG_HELD', 'The log'],
  ])
  expect(pages[0]?.text).toContain('See [that](./LOG_HELD.md), [over](../reference/errors.md#x) and [keys](../reference/configuration.md).')
  expect(errorPages(read('docs/reference/errors.md')).length).toBeGreaterThan(40)
})

test('the figures of the start page are those of the performance page', () => {
  const figures = figuresOf(read('docs/performance.md'))
  expect(read('docs/performance.md')).toContain(`| naive Node, kafkajs | ${figures.kafka.find(({ name }) => name === 'naive Node, kafkajs')?.speed}`)
  expect(barsOf(figures)).toContain('DuckDB, a batch query')
  expect(() => figuresOf('# Performance')).toThrow('from-file')
})

test('a page that no group names stands in the group of its folder', () => {
  const bar = sideBar(
    new Map([
      ['start', 'Get started'],
      ['guides/new', 'New'],
      ['operations/new', 'New here'],
      ['errors/LOG_GAP', 'LOG_GAP'],
      ['news', 'News'],
    ]),
  )
  expect(bar.map(({ text, items }) => [text, ...items.map(({ link }) => link)])).toEqual([
    ['Start', '/start'],
    ['Build a pipeline', '/guides/new'],
    ['Run it', '/operations/new'],
    ['More', '/news'],
  ])
})

test('a page is listed with its first sentence', () => {
  expect(firstSentence('# Title\n\n![a](b)\n\n```ts\ncode()\n```\n\nThis [page](x.md) says **much**. And more.\n')).toBe('This page says much.')
})

test('dead links and anchors of a built site are found', async () => {
  const dist = await mkdtemp(join(tmpdir(), 'tickets-site-'))
  await mkdir(join(dist, 'guides'))
  await writeFile(
    join(dist, 'index.html'),
    '<a href="./guides/a#here">a</a><a href="/guides/a#gone">a</a><a href="/gone">b</a><a href="https://else.where">c</a>',
  )
  await writeFile(
    join(dist, 'guides/a.html'),
    '<h1 id="here">a</h1><a class="x" href="../">up</a><img src="/gone.svg"><script>"<a href=/no>"</script>',
  )
  expect(await deadLinks(dist)).toEqual(['guides/a.html → /gone.svg', 'index.html → /gone', 'index.html → /guides/a#gone'])
  await rm(dist, { recursive: true })
})
