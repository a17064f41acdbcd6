import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { root } from '../repo/files.ts'

/** Bytes of scripts, gzipped: the library with Arrow, RxJS and zod, and the page with its editor. */
const budget = { worker: 300_000, page: 170_000 }

type Open = (path: string) => Promise<Page>

const textOf = (page: Page, selector: string) => page.locator(selector).allInnerTexts()

/** Puts a text in the place of what an editor holds. */
async function write(page: Page, label: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name: label }).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(text)
}

async function opened(open: Open, path = '/playground'): Promise<Page> {
  const page = await open(path)
  await page.locator('.timeline .window').first().waitFor({ timeout: 60_000 })
  return page
}

/** The cases of the playground, in a site that is built. */
export const playgroundCases = (open: Open): { name: string; run: () => Promise<void> }[] => [
  {
    name: 'the playground shows what an edit changes, without a request',
    async run() {
      const page = await opened(open)
      const requests: string[] = []
      page.on('request', (request) => requests.push(request.url()))
      await page.getByRole('combobox', { name: 'Example' }).selectOption('1')
      await write(page, 'Trace', 'a@1 a@2 a@3 commit a@14 crash a@4 commit end')
      await expect.poll(() => page.locator('.controls .count').textContent()).toMatch(/ 7$/)
      await page.getByRole('slider', { name: 'Step' }).fill('5')
      await expect.poll(() => page.locator('.timeline .window.out text').allTextContents()).toEqual(['3'])
      expect(await textOf(page, '.log .late')).toEqual(['a@4 is late for [0,10)'])
      await write(page, 'Pipeline', (await textOf(page, '.cm-content'))[0]?.replace("'10s'", "'5s'") ?? '')
      await expect.poll(() => textOf(page, '.log .late')).toEqual(['a@4 is late for [0,5)'])
      expect(requests).toEqual([])
      await page.context().close()
    },
  },
  {
    name: 'the playground answers an edit within 200 ms',
    async run() {
      const page = await opened(open)
      const took: number[] = []
      for (const size of [4, 5, 6, 7, 8, 9]) {
        const code = `import { count, tumbling, windowed } from '@tickets/core'\nexport default windowed(tumbling({ size: '${size}s' }), { by: 'client_id', aggregate: { n: count() } })\nexport const options = { partitions: 2 }`
        const before = await page.locator('.timeline').textContent()
        await write(page, 'Pipeline', code)
        await expect.poll(() => page.locator('.timeline').textContent(), { interval: 20 }).not.toBe(before)
        took.push(Number.parseInt((await page.getByTestId('took').textContent()) ?? '', 10))
      }
      // Others use this machine, too.
      expect(Math.min(...took)).toBeLessThanOrEqual(200)
      await page.context().close()
    },
  },
  {
    name: 'the playground stops a pipeline that never ends, and continues',
    async run() {
      const page = await opened(open)
      await write(page, 'Pipeline', 'for (;;) {}')
      await page.getByText('stopped after 2 seconds').waitFor({ timeout: 30_000 })
      await page.getByRole('combobox', { name: 'Example' }).selectOption('4')
      await page.locator('.timeline .window.out').first().waitFor({ timeout: 30_000 })
      await page.context().close()
    },
  },
  {
    name: 'a pipeline is shared by a link, runs when it is asked to, and reaches no network',
    async run() {
      const page = await opened(open)
      await write(page, 'Pipeline', "export default fetch('/start')")
      await page.getByText('fetch is not a function').waitFor({ timeout: 30_000 })
      await page.getByRole('button', { name: 'Generate tickets' }).click()
      await expect.poll(() => textOf(page, '.cm-content')).toEqual([expect.anything(), expect.stringMatching(/ crash .* idle .* end$/s)])
      await page.getByRole('button', { name: 'Share' }).click()
      await expect.poll(() => page.evaluate('location.hash.length')).toBeGreaterThan(50)
      const link = String(await page.evaluate('location.pathname + location.hash'))
      await page.context().close()
      const shared = await open(link)
      await shared.getByText('This pipeline came with a link').waitFor()
      expect(await textOf(shared, '.playground .error')).toEqual([])
      await shared.getByRole('button', { name: 'Run it' }).click()
      await shared.getByText('fetch is not a function').waitFor({ timeout: 30_000 })
      await shared.context().close()
    },
  },
  {
    name: 'the scripts of the playground stay within their budget',
    async run() {
      const assets = join(root, 'site/dist/assets')
      const files = await readdir(assets, { recursive: true })
      const sizeOf = async (pattern: RegExp) => {
        const [file = ''] = files.filter((path) => pattern.test(path))
        return gzipSync(await readFile(join(assets, file))).length
      }
      expect(await sizeOf(/^worker-.*\.js$/)).toBeLessThan(budget.worker)
      expect(await sizeOf(/^chunks\/Playground\..*\.js$/)).toBeLessThan(budget.page)
    },
  },
]
