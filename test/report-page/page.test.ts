import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath } from '../../tools/chromium.mjs'
import { createFolder } from '../cli/folder.ts'
import { type Browser, launchBrowser, type OpenedPage } from './browser.ts'

/** The report of the first scenario, opened in a Chromium as a user opens it. */

const root = join(import.meta.dirname, '../..')
const folder = createFolder()
const report = folder.path('report.html')

beforeAll(async () => {
  const log = folder.path('run.ndjson')
  await folder.wavetank('run', join(root, 'scenarios/node-failure.yaml'), '-q', '--log', log)
  expect(await folder.wavetank('report', '--log', log, '-o', report)).toMatchObject({ code: 0, err: '' })
})
afterAll(folder.remove)

if (chromiumPath === undefined) console.warn('no Chromium here: the report is not opened; CHROME_PATH names one')

describe.skipIf(chromiumPath === undefined)('in a browser, the report', () => {
  let browser: Browser
  let opened: OpenedPage
  beforeAll(async () => {
    browser = await launchBrowser()
    opened = await browser.open(report)
  })
  afterAll(() => browser?.close())

  const says = (section: string): Promise<string | null> => opened.page.locator(`#${section} .says`).textContent()
  const list = (section: string) => opened.page.locator(`#${section} [role=listbox]`)
  const option = (section: string) => opened.page.locator(`#${section} [role=option]`)
  const spanShown = async (): Promise<string> =>
    `${await opened.page.inputValue('#time-from')} to ${await opened.page.inputValue('#time-to')}`
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await opened.page.keyboard.press(key)
    // What is drawn follows in the next frame.
    await opened.page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  }
  const wholeRun = async (): Promise<void> => {
    await opened.page.click('#whole-run')
    await opened.page.click('#filter-clear')
    await press()
  }

  it('opens from a file without asking for anything, and without complaints', () => {
    expect(opened.requests).toEqual([])
    expect(opened.complaints).toEqual([])
  })

  it('may not ask for anything either', async () => {
    const refused = await opened.page.evaluate(() =>
      fetch('https://example.com/').then(
        () => 'answered',
        () => 'refused',
      ),
    )
    expect(refused).toBe('refused')
    const policy = await opened.page.getAttribute('meta[http-equiv]', 'content')
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+'; base-uri 'none'/)
    expect(opened.complaints.splice(0, 9).join()).toContain('Content Security Policy')
  })

  it('draws lanes: the canvas of the nodes has the colours of Ready and NotReady', async () => {
    const colours = await opened.page.evaluate(`(() => {
      const canvas = document.querySelector('#nodes canvas:not(.swatch)')
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      const found = new Set()
      for (let i = 0; i < data.length; i += 4) found.add(data[i] + ',' + data[i + 1] + ',' + data[i + 2])
      return [...found]
    })()`)
    expect(colours).toEqual(expect.arrayContaining(['110,168,216', '224,123,57']))
  })

  it('is walked by keys: rows up and down, changes left and right, spoken as they are shown', async () => {
    await list('nodes').focus()
    await press('Home', 'ArrowRight')
    expect(await says('nodes')).toBe('worker-1, at 0s: Ready (Ready), from 0s to 5m')
    await press('ArrowRight')
    expect(await says('nodes')).toContain('at 5m: Ready, machine off (called Ready, and is not), from 5m to 5m50s')
    await press('ArrowRight')
    expect(await option('nodes').textContent()).toContain('at 5m50s: NotReady, machine off (NotReady), from 5m50s on')
    await press('ArrowDown')
    expect(await option('nodes').textContent()).toContain('worker-2, at 5m50s: Ready')
    expect(await option('nodes').getAttribute('aria-posinset')).toBe('2')
    await press('End')
    expect(await option('nodes').getAttribute('aria-posinset')).toBe('3')
  })

  it('is reached by Tab, every part of it, and shows where the focus is', async () => {
    const { page } = await browser.open(report)
    const reached: string[] = []
    const unseen: string[] = []
    for (let tabs = 0; tabs < 150; tabs++) {
      await page.keyboard.press('Tab')
      const [name, outline] = (await page.evaluate(`(() => {
        const { activeElement: own } = document
        const { outlineStyle } = getComputedStyle(own)
        return [own.id || own.getAttribute('aria-label') || own.textContent.trim(), own === document.body ? 'body' : outlineStyle]
      })()`)) as readonly [string, string]
      if (outline === 'body') break
      if (outline === 'none') unseen.push(name)
      reached.push(name)
    }
    expect(unseen).toEqual([])
    expect(reached).toEqual(
      expect.arrayContaining([
        'To the summary',
        'time-from',
        'zoom-in',
        'filter-name',
        'filter-state',
        'Workloads over time',
        'Nodes over time',
        'pod-grouping',
        'Pods over time',
        expect.stringMatching(/^CPU, in cores\. Left and right/),
        'As a table',
        'event-search',
        expect.stringMatching(/^Events: 1 to /),
      ]),
    )
  })

  it('zooms and moves in time by keys, buttons, fields and the mouse', async () => {
    await wholeRun()
    expect(await spanShown()).toBe('0s to 20m')
    await list('pods').focus()
    await press('Home', '+')
    const zoomed = await spanShown()
    expect(zoomed).not.toBe('0s to 20m')
    await press('Shift+ArrowRight')
    expect(await spanShown()).not.toBe(zoomed)
    await press('0')
    expect(await spanShown()).toBe('0s to 20m')
    await opened.page.click('#zoom-in')
    await press()
    expect(await spanShown()).not.toBe('0s to 20m')
    await opened.page.fill('#time-from', '5m')
    await opened.page.fill('#time-to', '6m30s')
    await press('Enter')
    expect(await spanShown()).toBe('5m to 6m30s')
    await opened.page.fill('#time-to', 'soon')
    await press('Enter')
    expect(await opened.page.getAttribute('#time-to', 'aria-invalid')).toBe('true')
    await wholeRun()
    const box = (await list('nodes').boundingBox())!
    await opened.page.mouse.move(box.x + box.width * 0.5, box.y + 40)
    await opened.page.mouse.down()
    await opened.page.mouse.move(box.x + box.width * 0.7, box.y + 40, { steps: 4 })
    await opened.page.mouse.up()
    await press()
    expect(await spanShown()).not.toBe('0s to 20m')
    await wholeRun()
  })

  it('shows the pods that are asked for', async () => {
    await opened.page.fill('#filter-node', 'worker-1')
    await opened.page.locator('#filter-count', { hasText: '2 of 5 pods, 1 of 3 nodes' }).waitFor()
    await opened.page.selectOption('#filter-state', 'notReady')
    await opened.page.fill('#filter-name', 'bare')
    await opened.page.locator('#filter-count', { hasText: '1 of 5 pods' }).waitFor()
    expect(await says('pods')).toMatch(/^default\/bare, .*node worker-1/)
    await opened.page.fill('#filter-name', 'nobody')
    await opened.page.locator('#filter-count', { hasText: '0 of 5 pods' }).waitFor()
    expect(await says('pods')).toBe('no pod matches')
    await wholeRun()
    await opened.page.locator('#filter-count', { hasText: '5 of 5 pods' }).waitFor()
  })

  it('groups pods, and opens a group by Enter', async () => {
    await opened.page.selectOption('#pod-grouping', 'workload')
    await list('pods').focus()
    await press('Home')
    expect(await option('pods').textContent()).toMatch(
      /^of no workload \(1\), at 20m: 1 pod: 1 terminating, closed group$/,
    )
    await press('ArrowDown', 'Enter', 'ArrowDown')
    expect(await option('pods').getAttribute('aria-setsize')).toBe('6')
    expect(await option('pods').textContent()).toMatch(/^hostname-\S+, at 20m: /)
    await opened.page.selectOption('#pod-grouping', 'none')
  })

  it('goes from a failed or met expectation to where it was decided', async () => {
    await opened.page.getByRole('button', { name: 'Show the node is NotReady once its grace period is over' }).click()
    await press()
    expect(await spanShown()).toBe('4m50s to 6m50s')
    expect(await opened.page.inputValue('#filter-node')).toBe('worker-1')
    await wholeRun()
  })

  it('says the same in tables', async () => {
    await opened.page.locator('#pods .lanes-view').getByRole('button', { name: 'As a table' }).click()
    const table = opened.page.locator('#pods .lanes-view table')
    expect(await table.locator('tbody tr').count()).toBe(5)
    expect(await table.textContent()).toContain('Terminating from 10m50s on')
    const figure = opened.page.locator('figure', { hasText: 'CPU, in cores' })
    expect(await figure.locator('figcaption').textContent()).toMatch(
      /^requested 0\.4 cores at the end \(3\.3% of allocatable\)/,
    )
    await figure.getByRole('button', { name: 'As a table' }).click()
    expect(await figure.locator('tbody tr').last().textContent()).toBe('20m0.412')
  })

  it('finds Kubernetes events by words', async () => {
    await opened.page.fill('#event-search', 'nodenotready worker')
    await opened.page.locator('#event-count', { hasText: '1 row' }).waitFor()
    expect(await opened.page.locator('#event-table tbody').textContent()).toContain(
      'Node worker-1 status is now: NodeNotReady',
    )
  })

  it('says what a chart shows at its cursor', async () => {
    await opened.page.locator('#capacity .chart').first().focus()
    await press('ArrowRight')
    expect(await opened.page.locator('#announcer').textContent()).toMatch(/^at 10m24s: requested 0\.3, allocatable 12$/)
  })

  it.each([
    ['light and wide', {}],
    ['dark and narrow', { dark: true, width: 400 }],
  ])('has no barrier that axe-core finds, %s', async (_, options) => {
    const { page, complaints } = await browser.open(report, options)
    const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    // Not as an element of the page: its policy lets no script in but its own.
    await page.evaluate(source)
    const found = await page.evaluate(`axe.run().then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + failureSummary).join(' ')))`)
    expect(found).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    expect(complaints).toEqual([])
  })

  it('is drawn on paper as wide as paper, and light, and on the screen as before', async () => {
    const { page } = await browser.open(report, { dark: true })
    const drawn = () =>
      page.evaluate(`(() => {
        const canvases = [...document.querySelectorAll('.lanes canvas, .uplot canvas')]
        const { data } = canvases[0].getContext('2d').getImageData(2, 2, 1, 1)
        return { widest: Math.max(...canvases.map((canvas) => canvas.getBoundingClientRect().right)), ground: [...data] }
      })()`) as Promise<{ readonly widest: number; readonly ground: readonly number[] }>
    expect((await drawn()).ground).toEqual([21, 25, 30, 255])
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    const onPaper = await drawn()
    expect(onPaper.ground).toEqual([255, 255, 255, 255])
    expect(onPaper.widest).toBeLessThanOrEqual(700)
    await page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect((await drawn()).ground).toEqual([21, 25, 30, 255])
    expect((await drawn()).widest).toBeGreaterThan(700)
  })

  it('still says what it can without a script', async () => {
    const { page } = await browser.open(report, { javaScript: false })
    const text = await page.locator('main').textContent()
    expect(text).toContain('7 of 7 met')
    expect(text).toContain('the tables do not')
    expect(await page.getByRole('button', { name: 'Show' }).count()).toBe(0)
  })
})
