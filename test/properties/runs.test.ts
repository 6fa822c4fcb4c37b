import { type ClusterView, isActive, isReady, isTerminal, type Node, type Pod } from '@wavetank/cluster'
import { createMemorySink, createMemorySource, type Entry, type MemorySink } from '@wavetank/kernel'
import { snapshot } from '@wavetank/testkit'
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { createSimulation, openLog, type Simulation, type SimulationResult, stateAt } from 'wavetank'
import { check } from './check.ts'
import { type RandomFile, readScenario, scenarioFile } from './random-scenario.ts'

interface Run {
  readonly simulation: Simulation
  readonly result: SimulationResult
  readonly sink: MemorySink
  readonly entries: readonly Entry[]
}

const run = (file: RandomFile, onEntry: (entry: Entry, view: ClusterView) => void = () => {}): Run => {
  const sink = createMemorySink()
  const entries: Entry[] = []
  const simulation = createSimulation(readScenario(file), {
    sink,
    onEntry: (entry, view) => {
      entries.push(entry)
      onEntry(entry, view)
    },
  })
  let result: SimulationResult | undefined
  while (result === undefined) result = simulation.advance(10_000)
  return { simulation, result, sink, entries }
}

describe('any run', () => {
  it('is rebuilt by its log: replay has exactly the state of the live run', () => {
    check(
      fc.property(scenarioFile, (file) => {
        const { simulation, sink, result } = run(file)
        const reading = openLog(createMemorySource(sink.bytes()))
        if (isLeft(reading)) throw new Error(reading.left.message)
        const state = stateAt(reading.right)
        expect(state.end?.state).toBe('complete')
        expect(state.entries).toBe(result.end.entries)
        expect(snapshot(state.view)).toEqual(snapshot(simulation.view))
        expect(snapshot(state.slices)).toEqual(snapshot(simulation.slices))
      }),
    )
  })

  it('has the same bytes for the same scenario and seed', () => {
    check(
      fc.property(scenarioFile, (file) => {
        expect(run(file).result.digest).toBe(run(file).result.digest)
      }),
    )
  })

  it('does not depend on the order in which a file lists what has no order', () => {
    const shuffle = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffle)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, item]) => [key, shuffle(item)]),
      )
    }
    check(
      fc.property(scenarioFile, (file) => {
        const turned = { ...(shuffle(file) as RandomFile), manifests: [...file.manifests].reverse() }
        expect(run(turned).result.digest).toBe(run(file).result.digest)
      }),
    )
  })

  it('has causes that come before their effects', () => {
    check(
      fc.property(scenarioFile, (file) => {
        const { entries } = run(file)
        entries.forEach(({ seq, at, cause }, i) => {
          expect(seq).toBe(i)
          if (cause === null) return
          expect(cause).toBeLessThan(seq)
          expect(entries[cause]!.at).toBeLessThanOrEqual(at)
        })
      }),
    )
  })

  it('keeps pods and resources: what is counted is what is there', () => {
    const amounts = (pods: Iterable<Pod>): { cpu: number; memory: number; pods: number } => {
      const sum = { cpu: 0, memory: 0, pods: 0 }
      for (const { template } of pods) {
        sum.cpu += template.requests.cpuMillis
        sum.memory += template.requests.memoryBytes
        sum.pods++
      }
      return sum
    }
    const audit = (view: ClusterView, entry: Entry): void => {
      const pods = [...view.pods.values()] as unknown as Pod[]
      for (const node of view.nodes.values() as Iterable<Node>) {
        const there = pods.filter((pod) => pod.node === node.name)
        expect(new Set(node.pods)).toEqual(new Set(there))
        const { cpu, memory, pods: count } = amounts(there.filter((pod) => !isTerminal(pod)))
        expect([node.requested.cpuMillis, node.requested.memoryBytes, node.requested.pods]).toEqual([
          cpu,
          memory,
          count,
        ])
        if (entry.event.kind === 'PodBound') {
          expect(cpu).toBeLessThanOrEqual(node.allocatable.cpuMillis)
          expect(memory).toBeLessThanOrEqual(node.allocatable.memoryBytes)
        }
      }
      for (const set of [...view.replicaSets.values(), ...view.replicationControllers.values()]) {
        const own = pods.filter((pod) => pod.owner?.uid === set.uid && isActive(pod))
        expect([set.tally.active, set.tally.ready]).toEqual([own.length, own.filter(isReady).length])
      }
      expect(view.terminalPods).toBe(pods.filter(isTerminal).length)
    }
    check(
      fc.property(scenarioFile, (file) => {
        let created = 0
        let deleted = 0
        run(file, (entry, view) => {
          if (entry.event.kind === 'PodCreated') created++
          if (entry.event.kind === 'PodDeleted') deleted++
          expect(view.pods.size).toBe(created - deleted)
          if (entry.event.kind.startsWith('Pod') || entry.event.kind.startsWith('Node')) audit(view, entry)
        })
      }),
    )
  })

  it('never starts a container on a machine without power, nor one of a pod that is not there', () => {
    check(
      fc.property(scenarioFile, (file) => {
        run(file, ({ event }, view) => {
          if (event.kind !== 'ContainerStarted' && event.kind !== 'PodStatusReported') return
          const pod = view.pods.get((event as { pod: string } & typeof event).pod)
          expect(pod).toBeDefined()
          expect(view.nodes.get(pod!.node)?.machine.power).toBe('on')
        })
      }),
    )
  })
})
