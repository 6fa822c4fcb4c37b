import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath } from '../../tools/chromium.mjs'
import { createFolder } from '../cli/folder.ts'
import { launchBrowser } from '../report-page/browser.ts'
import { sectionOf } from './section.ts'

/** What `wavetank survive --html` writes about a shop whose database hangs on one node, and whose web pods need five of six. */

const SHOP = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: {name: shop}
duration: 20m
nodes:
- {name: worker, count: 6, zones: [a, b, c], capacity: {cpu: '4', memory: 16Gi}}
- {name: disk, count: 1, capacity: {cpu: '4', memory: 16Gi}, labels: {disk: ssd}, taints: [{key: disk, effect: NoSchedule}]}
manifests:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    replicas: 10
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec: {containers: [{name: web, image: web, resources: {requests: {cpu: 1900m}}}]}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: db}
  spec:
    replicas: 1
    selector: {matchLabels: {app: db}}
    template:
      metadata: {labels: {app: db}}
      spec:
        nodeSelector: {disk: ssd}
        tolerations: [{key: disk, operator: Exists}]
        containers: [{name: db, image: db}]
expect:
- {name: the database is there, at: 19m, that: "pods.exists(p, p.metadata.labels.app == 'db' && ready(p))"}
- {name: web is whole, at: 19m, that: "pods.filter(p, p.metadata.labels.app == 'web' && ready(p)).size() == 10"}
- {name: 'somebody <b>is there', at: 19m, that: "pods.exists(p, ready(p))"}
`

const folder = createFolder()
const path = folder.path('survey.html')
let page: string
beforeAll(async () => {
  const shop = folder.write('shop.yaml', SHOP)
  const args = ['survive', shop, '--failures', '2', '--over', 'nodes', '--workers', '1', '-q'] as const
  expect((await folder.wavetank(...args, '-o', folder.path('broken'), '--html', path)).code).toBe(1)
  page = folder.read('survey.html')
}, 60_000)
afterAll(folder.remove)

const section = (id: string): string => sectionOf(page, id)

describe('the page of a survey of failures', () => {
  it('ranks what fails: alone first, then by how many sets it is in', () => {
    const matters = section('matters')
    expect(matters).toMatch(/disk-1 1 0 the database is there worker-1 0 5 web is whole/)
    expect(matters).toContain('only both do')
    expect(page).toContain('15 pairs of units break something that neither breaks alone; 1 break something alone')
    expect(page.match(/<rect class="alone" x=/g)).toHaveLength(7)
    expect(page.match(/<rect class="pair" x=/g)).toHaveLength(15)
  })

  it('lists the smallest sets with what they do and the command that shows it', () => {
    const broken = section('broken')
    expect(broken).toContain('✗ the database is there')
    expect(broken).toMatch(/disk-1 1 of 1 1 Deployment\/default\/db: 100% to \d/)
    expect(broken).toContain('worker-1 and worker-2 1 of 1')
    expect(broken).toMatch(/wavetank run \S+01-the-database-is-there--disk-1\.yaml/)
    expect(section('held')).toContain('✓ somebody &lt;b&gt;is there')
    expect(section('tried')).toMatch(/1 7 7 0 1 all there is to know/)
  })

  it('lets no name become markup', () => {
    expect(page).not.toContain('<b>is')
    expect(page).toContain('&lt;b&gt;is')
  })

  it('has the same bytes again, and says why it cannot be written', async () => {
    const args = [
      'survive',
      folder.path('shop.yaml'),
      '--failures',
      '2',
      '--over',
      'nodes',
      '-q',
      '--workers',
      '1',
    ] as const
    await folder.wavetank(...args, '-o', folder.path('broken'), '--html', folder.path('again.html'))
    expect(folder.read('again.html')).toBe(page)
    const nowhere = await folder.wavetank(...args, '--html', folder.path('no/where.html'))
    expect(nowhere.code).toBe(2)
    expect(nowhere.err).toContain('no/where.html cannot be written: the folder does not exist')
  })

  it('says that nothing breaks, and has nothing to rank then', async () => {
    const calm = folder.write('calm.yaml', SHOP.replace(/- \{name: (the database|web).*\n/g, ''))
    const { code } = await folder.wavetank('survive', calm, '--workers', '1', '-q', '--html', folder.path('calm.html'))
    expect(code).toBe(0)
    const text = folder.read('calm.html')
    expect(text).toContain('✓ nothing breaks')
    expect(text).not.toContain('id="matters"')
  })

  it.skipIf(chromiumPath === undefined).each([
    ['wide and light', { width: 1300 }],
    ['narrow and dark', { width: 380, dark: true }],
  ])('has no barrier that axe-core finds, %s', async (_, options) => {
    const browser = await launchBrowser()
    try {
      const { page: opened, requests, complaints } = await browser.open(path, { ...options, hasScript: false })
      await opened.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
      const found = await opened.evaluate(`axe.run().then(({ violations }) =>
        violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + failureSummary).join(' ')))`)
      expect(found).toEqual([])
      expect(await opened.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
      expect(requests).toEqual([])
      expect(complaints).toEqual([])
    } finally {
      await browser.close()
    }
  })
})
