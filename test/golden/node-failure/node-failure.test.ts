import { foldMetrics, formatEntry, metrics, summarize } from '@wavetank/report'
import { loadScenario } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import { isLeft } from 'fp-ts/lib/Either.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { createSimulation, type SimulationResult, scenarioOptions } from 'wavetank'

/**
 * What scenarios/node-failure.yaml comes to, to the byte. When a change is meant to change it, read the difference of
 * the time line first, then write the files anew: `npx vitest run test/golden --update`.
 */

const HEAD = 60
const TAIL = 40

const lines: string[] = []
const story: string[] = []
let result: SimulationResult
let summary: unknown

/** What a person who watches the node would notice; not the wake-ups in between. */
const NOTICED =
  /^(NodeFailed|NodeMarked\w+|NodeTainted|NodeUntainted|PodMarkedNotReady|PodDisruptionTargeted|PodMarkedForDeletion|PodCreated|PodBound|ContainerStarted|PodStatusReported|PodDeleted)$/

beforeAll(async () => {
  const scenarioPath = `${import.meta.dirname}/../../../scenarios/node-failure.yaml`
  const loaded = await loadScenario(scenarioPath, { files: nodeFiles, ...scenarioOptions })
  if (isLeft(loaded)) throw new Error('the scenario is wrong')
  const { scenario } = loaded.right
  const fold = foldMetrics(metrics)
  const simulation = createSimulation(scenario, {
    onEntry: (entry, view) => {
      lines.push(formatEntry(entry))
      if (entry.at >= 300_000 && NOTICED.test(entry.event.kind))
        story.push(lines[lines.length - 1]!.replace(/ \(#.*$/, ''))
      fold.apply(entry, view)
    },
  })
  for (;;) {
    const end = simulation.advance(10_000)
    if (end === undefined) continue
    result = end
    break
  }
  summary = summarize({
    name: scenario.name,
    view: simulation.view,
    end: result.end,
    digest: result.digest,
    metrics: fold.results(simulation.view, result.end.at),
    expectations: result.verdicts.length,
  })
})

describe('node-failure', () => {
  it('begins and ends as ever', async () => {
    await expect(`${lines.slice(0, HEAD).join('\n')}\n`).toMatchFileSnapshot('timeline-head.txt')
    await expect(`${lines.slice(-TAIL).join('\n')}\n`).toMatchFileSnapshot('timeline-tail.txt')
  })

  it('comes to the same summary', async () => {
    await expect(`${JSON.stringify(summary, null, 2)}\n`).toMatchFileSnapshot('summary.json')
  })

  it('has the same bytes on every machine', async () => {
    await expect(`${result.digest}\n`).toMatchFileSnapshot('digest.txt')
  })

  it('meets what the scenario expects', () => {
    expect(result.verdicts.map(({ verdict }) => verdict)).toEqual(result.verdicts.map(() => 'met'))
  })

  it('is the time line of a crashed node, with the defaults of Kubernetes', async () => {
    // 5m0s power off · +50s grace, seen at the next look every 5s · taints · +300s tolerationSeconds · replaced at once.
    await expect(`${story.join('\n')}\n`).toMatchFileSnapshot('crash.txt')
  })
})
