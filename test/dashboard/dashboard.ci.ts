import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { duck, folder } from '../../packages/sinks/test/helpers.ts'
import { startChromium } from '../chromium/chromium.ts'
import { numberIn, openPage, tableOf } from './page.ts'
import { type Service, startService } from './service.ts'

const AMOUNTS = { tickets: 3_300, quiet: 2_760 }

const chromium: Browser | null = await startChromium()
if (chromium === null && process.env.CI) throw new Error('no Chromium: install chromium, or apt-get to fetch it')
let service: Service
let data: string
const complaints: string[] = []

describe.skipIf(!chromium)('the dashboard of a running pipeline in Chromium', () => {
  const browser = chromium as Browser

  beforeAll(async () => {
    data = await folder()
    // Windows of a minute begin with the data.
    const start = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 480_000).toISOString()
    service = await startService({ folder: data, start, speed: 60, ...AMOUNTS })
  })

  afterAll(async () => {
    await browser.close()
    await service?.stop()
  })

  const open = (look: Partial<Parameters<typeof openPage>[2]> = {}) =>
    openPage(browser, service.url, { scheme: 'light', width: 1280, ...look }, complaints)

  test('shows the numbers that DuckDB reads from the files', async () => {
    const page = await open()
    await page.getByText('0 uncommitted').waitFor({ timeout: 120_000 })
    await expect.poll(() => page.locator('.figure', { hasText: 'Rows read' }).locator('.value').textContent(), { timeout: 120_000 }).toBe('3,300')
    // The merge commits a little later than the tasks.
    await expect.poll(() => written(page), { timeout: 60_000, interval: 1_000 }).toEqual(await filesWhenStill())
    expect((await written(page)).tickets?.rows).toBeGreaterThan(3_200)
    expect(await panelOf(page, 'Tickets by type', ['billing', 'technical', 'account', 'general'])).toEqual(
      await latest('by_type', 'request_type', 'tickets'),
    )
    expect(await panelOf(page, 'Tickets by priority', ['low', 'medium', 'high', 'critical'])).toEqual(
      await latest('by_priority', 'priority', 'tickets'),
    )
    expect(await panelOf(page, 'Critical tickets', ['critical'])).toEqual(await latest('critical', "'critical'", 'critical'))
    const losses = (await tableOf(page, 'Late and rejected rows')).map(([kind, why, where, count]) => [kind, why, where, numberIn(count)])
    expect(losses.filter(([kind]) => kind === 'Rejected').sort()).toEqual(await rejected())
    expect(losses.filter(([kind]) => kind === 'Late').sort()).toEqual(await late())
    await page.context().close()
  })

  test('says which partition windows wait for, and since when', async () => {
    const page = await open()
    await page.getByText(/^\d+ window results? waits? for tickets-2 \(no rows for \d+ (s|min)\)\.$/).waitFor({ timeout: 60_000 })
    expect((await tableOf(page, 'Partitions'))[2]?.slice(0, 2)).toEqual(['tickets-2', expect.stringMatching(/^windows wait: no rows for /)])
    await page.context().close()
  })

  test.each(['light', 'dark'] as const)('has no finding of axe in %s', async (scheme) => {
    const page = await open({ scheme })
    await page.getByText('Show numbers').first().click()
    const { violations, passes } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target, failureSummary }) => [target, failureSummary])])).toEqual([])
    expect(passes.length).toBeGreaterThan(20)
    await page.context().close()
  })

  test('is used by keyboard', async () => {
    const page = await open()
    const table = page.getByRole('table', { name: 'Tickets by type, window by window' })
    expect(await table.isVisible()).toBe(false)
    await page.keyboard.press('Tab')
    const focused = await page.evaluate('[document.activeElement.textContent, getComputedStyle(document.activeElement).outlineWidth]')
    expect(focused).toEqual(['Show numbers', '2px'])
    await page.keyboard.press('Enter')
    expect(await table.isVisible()).toBe(true)
    await page.context().close()
  })

  test.each([360, 768])('has nothing beyond the edge at %i px', async (width) => {
    const page = await open({ width })
    for (const each of await page.getByText('Show numbers').all()) await each.click()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id }) => id)).toEqual([])
    await page.context().close()
  })

  test('holds nothing of messages, and loads nothing but its own stream', async () => {
    const page = await open()
    const requests: string[] = []
    page.on('request', (request) => requests.push(new URL(request.url()).pathname))
    await page.reload()
    await page.getByText('Live', { exact: true }).waitFor()
    const html = await page.content()
    const stream = await firstEvents(service.url)
    for (const text of [html, stream]) {
      expect(text).toContain('support-tickets')
      expect(text).not.toMatch(/canary-7f3a|CLIENT_\d/)
    }
    expect(requests).toEqual(['/dashboard', '/dashboard/events'])
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('connects again when the server is back, and says that it was away', async () => {
    const page = await open()
    const port = Number(new URL(service.url).port)
    await service.stop()
    await page.getByText('Connection lost, trying again…').first().waitFor({ timeout: 30_000 })
    expect(await page.getByRole('status').textContent()).toBe('Connection lost, trying again…')
    service = await startService({ folder: data, port, start: service.start, speed: 1e9, ...AMOUNTS })
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 })
    await expect.poll(() => page.locator('.chip').textContent(), { timeout: 30_000 }).toBe('Running')
    // The service has resumed: there was nothing more to read.
    await expect
      .poll(async () => (await tableOf(page, 'Written'))[0]?.slice(0, 4).filter((_, i) => i !== 1), { timeout: 30_000 })
      .toEqual(['tickets', 'parquet', '0'])
    await page.context().close()
  })
})

/** What each flow has written by the page: rows and files. */
async function written(page: Page): Promise<Record<string, { rows: number | null; files: number | null }>> {
  const rows = await tableOf(page, 'Written')
  return Object.fromEntries(rows.map(([flow = '', , , count, files]) => [flow, { rows: numberIn(count), files: numberIn(files) }]))
}

/** What lies in the folders of the flows, by readers that are not ours. */
async function inFiles(): Promise<Record<string, { rows: number; files: number }>> {
  const found = await Promise.all(
    (['tickets', 'urgent', 'metrics', 'by_type', 'by_priority', 'critical', 'late', 'dead_letters'] as const).map(async (flow) => {
      const ending = ['urgent', 'late', 'dead_letters'].includes(flow) ? 'jsonl' : 'parquet'
      const files = (await readdir(join(data, flow))).filter((name) => name.endsWith(`.${ending}`))
      const [counted] = await duck(
        `SELECT count(*)::INT AS rows FROM ${ending === 'jsonl' ? 'read_json_auto' : 'read_parquet'}('${join(data, flow)}/*.${ending}')`,
      )
      return [
        { dead_letters: 'dead letters', late: 'late rows' }[String(flow)] ?? flow,
        { rows: Number(counted?.rows), files: files.length },
      ] as const
    }),
  )
  return Object.fromEntries(found)
}

/** The same once nothing is written any more. */
async function filesWhenStill(): Promise<Record<string, { rows: number; files: number }>> {
  for (let before = ''; ; ) {
    const found = await inFiles()
    if (JSON.stringify(found) === before) return found
    before = JSON.stringify(found)
    await new Promise((done) => setTimeout(done, 8_000))
  }
}

/** Window → series → value, by the table of a panel. Windows of the page are of one day, and the newest comes first. */
async function panelOf(page: Page, title: string, series: readonly string[]): Promise<Record<string, Record<string, number>>> {
  const rows = await tableOf(page, `${title}, window by window`)
  const each = rows.map(([window = '', ...cells]) => {
    const values = series.map((name, i) => [name, numberIn(cells[i])] as const).filter(([, value]) => value !== null)
    return [window.split('–')[0]?.slice(-5) ?? '', Object.fromEntries(values)] as const
  })
  return Object.fromEntries(each.reverse()) as Record<string, Record<string, number>>
}

/** The same by the files: of each window and key the highest revision. */
async function latest(flow: string, key: string, value: string): Promise<Record<string, Record<string, number>>> {
  const rows = await duck(`
    SELECT strftime(window_start, '%H:%M') AS minute, ${key}::VARCHAR AS key, ${value}::INT AS value FROM read_parquet('${join(data, flow)}/*.parquet')
    QUALIFY row_number() OVER (PARTITION BY window_start, ${key} ORDER BY revision DESC) = 1 ORDER BY window_start, key`)
  const found: Record<string, Record<string, number>> = {}
  for (const { minute, key: name, value: count } of rows) found[String(minute)] = { ...found[String(minute)], [String(name)]: Number(count) }
  return found
}

/** Rejected messages by reason, as the dead letters have them. */
async function rejected(): Promise<(string | number)[][]> {
  const rows = await duck(`
    SELECT CASE WHEN reason LIKE 'not JSON%' THEN 'not JSON' ELSE 'column ' || regexp_extract(reason, 'not a ticket: (\\w+)', 1) END AS why, count(*)::INT AS n
    FROM read_json_auto('${join(data, 'dead_letters')}/*.jsonl') GROUP BY why ORDER BY why`)
  return rows.map(({ why, n }) => ['Rejected', String(why), '–', Number(n)])
}

/** Late rows by the window that they missed, as the sink for them has them. */
async function late(): Promise<(string | number)[][]> {
  const rows = await duck(
    `SELECT flow || '/' || operator AS place, count(*)::INT AS n FROM read_json_auto('${join(data, 'late')}/*.jsonl') GROUP BY place ORDER BY place`,
  )
  expect(rows.length).toBeGreaterThan(0)
  return rows.map(({ place, n }) => ['Late', 'its window was closed', String(place), Number(n)])
}

/** The first events of the stream, as a client gets them. */
async function firstEvents(url: string): Promise<string> {
  const abort = new AbortController()
  const { body } = await fetch(`${url}/dashboard/events`, { signal: abort.signal })
  let text = ''
  for await (const bytes of body ?? []) {
    text += new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    if (/event: view\ndata: .*\n\n/.test(text)) break
  }
  abort.abort()
  return text
}
