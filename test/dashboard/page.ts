import type { Browser, Page } from 'playwright-core'

/** What a window of a page is like. */
export interface Look {
  readonly scheme: 'light' | 'dark'
  readonly width: number
  readonly height?: number
}

/** Opens the dashboard, and waits until it is live. What the browser complains about is added to `complaints`. */
export async function openPage(browser: Browser, url: string, { scheme, width, height = 900 }: Look, complaints: string[] = []): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme })
  const page = await context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`${url}/dashboard`)
  await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 })
  return page
}

/** Runs in the page, whose types this program does not have. */
const readTable = `(caption) => {
  const found = [...document.querySelectorAll('table')].find((table) => table.caption?.textContent === caption)
  return [...(found?.tBodies[0]?.rows ?? [])].map((row) => [...row.cells].map((cell) => cell.textContent))
}`

/** Returns the rows of a table of the page, each cell as text. Folded tables are read, too. */
export const tableOf = (page: Page, caption: string): Promise<string[][]> => page.evaluate(`(${readTable})(${JSON.stringify(caption)})`)

/** Returns a number of the page that is written with commas; null for a dash. */
export const numberIn = (text: string | undefined): number | null => (text === undefined || text === '–' ? null : Number(text.replaceAll(',', '')))
