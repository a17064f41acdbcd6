import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startChromium } from '../chromium/chromium.ts'
import { root } from '../repo/files.ts'
import { playgroundCases } from './playground-cases.ts'
import { questions } from './questions.ts'
import { type Served, serve } from './serve.ts'

const run = promisify(execFile)
const dist = join(root, 'site/dist')
const chromium: Browser | null = await startChromium()
if (chromium === null && process.env.CI) throw new Error('no Chromium: install chromium, or apt-get to fetch it')
let site: Served

beforeAll(async () => {
  // Dead links and anchors fail the build.
  await run(process.execPath, ['site/build.ts'], { cwd: root, maxBuffer: 1 << 26 })
  site = await serve(dist)
}, 600_000)

afterAll(() => site?.stop())

test('llms.txt names pages that are there as Markdown', async () => {
  const links = [...(await readFile(join(dist, 'llms.txt'), 'utf8')).matchAll(/\]\(\/(\S+\.md)\): \S/g)].map(([, path = '']) => path)
  expect(links).toContain('guides/windows.md')
  expect(links.length).toBeGreaterThan(40)
  for (const path of links) expect(await readFile(join(dist, path), 'utf8')).toMatch(/^# /m)
})

describe.skipIf(!chromium)('the site in Chromium', () => {
  const browser = chromium as Browser
  const complaints: string[] = []

  afterAll(() => browser.close())

  async function open(path: string, look: { width?: number; scheme?: 'light' | 'dark' } = {}): Promise<Page> {
    const { width = 1280, scheme = 'light' } = look
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: scheme,
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const page = await context.newPage()
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(`${path}: ${message.text()}`)))
    page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`))
    await page.goto(`${site.url}${path}`, { waitUntil: 'load' })
    await page.locator('.VPNav').waitFor()
    return page
  }

  test('finds the page for each question within the first three', async () => {
    const page = await open('/start')
    const missed: string[] = []
    for (const [question, wanted] of questions) {
      // The first key may come before the page listens.
      await expect
        .poll(
          async () => {
            await page.keyboard.press('Control+k')
            return page.locator('#localsearch-input').isVisible()
          },
          { timeout: 30_000, interval: 500 },
        )
        .toBe(true)
      await page.locator('#localsearch-input').fill(question)
      await page.locator('#localsearch-list a.result').first().waitFor({ timeout: 30_000 })
      await page.waitForTimeout(400)
      const hits = await page
        .locator('#localsearch-list a.result')
        .evaluateAll((links) => links.slice(0, 3).map((link) => String(link.getAttribute('href'))))
      if (!hits.some((hit) => hit.startsWith(wanted))) missed.push(`${question}: ${hits.join(' ')}, not ${wanted}`)
      await page.keyboard.press('Escape')
    }
    expect(missed).toEqual([])
    await page.context().close()
  })

  test('copies a block of code', async () => {
    const page = await open('/start')
    const block = page.locator('.language-js').first()
    await block.hover()
    await block.locator('button.copy').click()
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toContain("name: 'start'")
    await page.context().close()
  })

  test('turns dark, and stays so', async () => {
    const page = await open('/guides/windows')
    const isDark = () => page.evaluate('document.documentElement.classList.contains("dark")')
    expect(await isDark()).toBe(false)
    await expect
      .poll(async () => {
        if (!(await isDark())) await page.locator('.VPNavBarAppearance button').click()
        return isDark()
      })
      .toBe(true)
    await page.reload()
    await expect.poll(isDark).toBe(true)
    await page.context().close()
  })

  test('draws diagrams', async () => {
    const page = await open('/internals/architecture', { scheme: 'dark' })
    await page.locator('.mermaid svg').first().waitFor({ timeout: 60_000 })
    await page.context().close()
  })

  for (const { name, run: tried } of playgroundCases(open)) test(name, tried)

  const pages = [
    '/',
    '/playground',
    '/start',
    '/guides/windows',
    '/operations/commands',
    '/reference/errors',
    '/errors/LOG_GAP',
    '/performance',
    '/api/',
    '/api/@tickets/core/functions/windowed',
  ]

  test.each(pages)('%s fits on a phone', async (path) => {
    const page = await open(path, { width: 360 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    await page.context().close()
  })

  test.each(['/', '/playground', '/guides/windows', '/errors/LOG_GAP', '/api/@tickets/core/functions/windowed'])(
    '%s has no finding of axe, light and dark',
    async (path) => {
      for (const scheme of ['light', 'dark'] as const) {
        const page = await open(path, { scheme })
        await page.waitForTimeout(500)
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target, failureSummary }) => [target, failureSummary])])).toEqual([])
        await page.context().close()
      }
    },
  )

  test('no page complains', () => expect(complaints).toEqual([]))
})
