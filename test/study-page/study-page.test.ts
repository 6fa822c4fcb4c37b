import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Outcome, Study } from '@wavetank/study'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath } from '../../tools/chromium.mjs'
import { createFolder } from '../cli/folder.ts'
import { type Browser, launchBrowser } from '../report-page/browser.ts'
import { loadSample, outcomesOf, pageOf } from './sample.ts'
import { sectionOf } from './section.ts'

/** The page of a study of a small shop: 3 node counts, 2 tolerations, and a name that changes nothing. */

let study: Study
let outcomes: readonly Outcome[]
let page: string
beforeAll(async () => {
  study = await loadSample()
  outcomes = outcomesOf(study)
  page = pageOf(study, outcomes)
}, 120_000)

const section = (id: string, of = page): string => sectionOf(of, id)

describe('the page of a study', () => {
  it('has the same bytes for the same outcomes', () => {
    expect(pageOf(study, outcomes)).toBe(page)
  })

  it('says which axis moves what, and which does not', () => {
    expect(section('matters')).toMatch(/nodes matters: \S+ at 6, \S+ at 3, a difference of/)
    expect(section('matters')).toMatch(/toleration matters: \S+ at 10, \S+ at 300, a difference of/)
    expect(section('matters')).toContain('It is the same whatever toleration or release is.')
  })

  it('says what nothing beats, from the cheapest on', () => {
    const frontier = section('frontier')
    expect(frontier).toContain('availability (more is better) against cost')
    expect(frontier).toContain('time to recover (less is better) against cost')
    const rows = [
      ...frontier.slice(0, frontier.indexOf('time to recover')).matchAll(/nodes = (\d), toleration = (\d+)/g),
    ]
    expect(rows.map(([, nodes]) => Number(nodes))).toEqual([...rows.map(([, nodes]) => Number(nodes))].sort())
    expect(rows.some(([, nodes, toleration]) => nodes === '4' && toleration === '300')).toBe(false)
  })

  it('shows what depends on what: patience costs nothing where no node is free anyway', () => {
    expect(section('interactions')).toContain('time to recover by nodes and toleration')
    expect(section('interactions')).not.toContain('release')
  })

  it('shows differences from the baseline, and whether they are for the better', () => {
    const differences = section('differences')
    expect(differences).toMatch(
      /nodes = 4, toleration = 10, release = one nodes = 4, toleration = 300, release = one -\S+ ±\S+ ▼ less/,
    )
    expect(page).toMatch(/class="good">▼ less/)
    expect(page).toMatch(/class="bad">▲ greater/)
  })

  it('shows how often expectations were met', () => {
    expect(section('expectations')).toContain('✓ 8 of 8')
    expect(section('expectations')).toMatch(/✗ \d of 8/)
  })

  it('gives each point a place and the command that runs it again', () => {
    expect(page.match(/<tr id="point-\d+">/g)).toHaveLength(12)
    expect(section('points')).toContain('wavetank study study.yaml --point 11 --replication 0 --log run.ndjson')
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${target}"`)
  })

  it('has sections only for what there is', async () => {
    const plain = await loadSample((text) =>
      text
        .replace(/vary:\n(- .*\n)+/, '')
        .replace(/compare:.*\n/, '')
        .replace(/- \{metric: cost.*\n/, ''),
    )
    const small = pageOf(plain, outcomesOf(plain))
    expect(small).toContain('nothing is varied')
    expect(section('points', small)).toContain('--point 0 --replication 0')
    for (const id of ['matters', 'frontier', 'interactions', 'differences']) expect(small).not.toContain(`id="${id}"`)
  })

  it('does without effects where combinations are left out', async () => {
    const some = await loadSample((text) => `${text}except: [{nodes: 3, toleration: 10}]\n`)
    const ran = outcomes.filter(({ point }) => some.points.some(({ levels }, i) => i === point && levels.length > 0))
    const text = pageOf(
      some,
      ran.filter(({ point }) => point < some.points.length),
    )
    expect(section('matters', text)).toBe('')
    expect(section('summary', text)).toContain('does not have every combination')
  })

  it('lets nobody’s names become markup', async () => {
    const hostile = await loadSample((text) =>
      text
        .replace('name: nodes and patience for a shop', `name: '<script>alert(1)</script>'`)
        .replace(
          '{name: release, path: metadata.name, values: [one, two]}',
          `{name: '<img src=x onerror=alert(2)>', variants: [{name: '"><b>', set: {metadata.name: one}}, {name: two}]}`,
        ),
    )
    const text = pageOf(hostile, outcomes)
    expect(text).not.toMatch(/<script|<img|"><b>/)
    expect(text).toContain('&lt;img src=x')
  })

  it('says what has no answer', () => {
    const silent = outcomes.map((one) => ({ ...one, responses: { ...one.responses, 'time to recover': null } }))
    const text = pageOf(study, silent)
    expect(section('matters', text)).toContain('No replication has an answer at every point')
    expect(section('points', text)).toContain('no answer')
    expect(text).not.toContain('NaN')
    expect(text).not.toContain('Infinity')
  })
})

if (chromiumPath === undefined) console.warn('no Chromium here: the page is not opened; CHROME_PATH names one')

describe.skipIf(chromiumPath === undefined)('in a browser, the page of a study', () => {
  const folder = createFolder()
  let browser: Browser
  let path: string
  beforeAll(async () => {
    browser = await launchBrowser()
    path = folder.write('study.html', page)
  })
  afterAll(async () => {
    await browser?.close()
    folder.remove()
  })

  it.each([
    ['wide and light', { width: 1300 }],
    ['wide and dark', { width: 1300, dark: true }],
    ['narrow and light', { width: 380 }],
    ['narrow and dark', { width: 380, dark: true }],
  ])('asks for nothing and has no barrier that axe-core finds, %s', async (_, options) => {
    const { page: opened, requests, complaints } = await browser.open(path, { ...options, hasScript: false })
    const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    await opened.evaluate(source)
    const found = await opened.evaluate(`axe.run().then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + failureSummary).join(' ')))`)
    expect(found).toEqual([])
    expect(await opened.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    expect(requests).toEqual([])
    expect(complaints).toEqual([])
  })

  it('is styled, and its pictures keep to their places', async () => {
    const { page: opened } = await browser.open(path, { width: 1300, hasScript: false })
    const outside =
      await opened.evaluate(`[...document.querySelectorAll('svg.chart text, svg.chart circle')].filter((one) => {
      const box = one.getBoundingClientRect()
      const all = one.closest('svg').getBoundingClientRect()
      return box.left < all.left - 1 || box.right > all.right + 1 || box.top < all.top - 1 || box.bottom > all.bottom + 1
    }).map((one) => one.textContent)`)
    expect(outside).toEqual([])
    expect(await opened.evaluate(`getComputedStyle(document.querySelector('.facts')).display`)).toBe('flex')
  })
})
