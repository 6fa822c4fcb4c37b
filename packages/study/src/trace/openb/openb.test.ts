import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatIssues, loadScenario, memoryFiles } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { scenarioOptions, simulate } from 'wavetank'
import { type OpenbOptions, openbScenario } from './scenario-text.ts'
import { readOpenbNodes, readOpenbPods } from './tables.ts'

const NODES = `sn,cpu_milli,memory_mib,gpu,model
n0,32000,131072,4,V100M16
n1,32000,131072,4,V100M16
n2,96000,393216,0,
`
const PODS = `name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
whole,4000,8192,2,1000,,LS,Running,0,4000,100
share,1500,1000,1,460,V100M16|T4,BE,Failed,3600,3700,3600
never,1000,1024,0,0,,Burstable,Pending,3650,3660,
`
const WHOLE: OpenbOptions = { name: 'openb', from: 0, scale: 1, shares: 'milli' }

const read = (nodes: string, pods: string) => {
  const machines = readOpenbNodes({ file: 'nodes.csv', text: nodes })
  const work = readOpenbPods({ file: 'pods.csv', text: pods })
  if (isLeft(machines)) throw new Error(formatIssues(machines.left))
  if (isLeft(work)) throw new Error(formatIssues(work.left))
  return { machines: machines.right, work: work.right }
}
const made = (options: Partial<OpenbOptions> = {}) => {
  const { machines, work } = read(NODES, PODS)
  return openbScenario(machines, work, { ...WHOLE, ...options })
}
const load = async ({ scenario, table }: { readonly scenario: string; readonly table: string }) => {
  const files = memoryFiles({ 'scenario.yaml': scenario, 'pods.csv': table })
  const loaded = await loadScenario('scenario.yaml', { files, ...scenarioOptions })
  if (isLeft(loaded)) throw new Error(formatIssues(loaded.left))
  expect(loaded.right.warnings).toEqual([])
  return loaded.right.scenario
}
const complaints = (nodes: string, pods: string): string => {
  const all = [readOpenbNodes({ file: 'nodes.csv', text: nodes }), readOpenbPods({ file: 'pods.csv', text: pods })]
  return formatIssues(all.flatMap((one) => (isLeft(one) ? one.left : [])))
}

describe('the openb trace', () => {
  it('has its machines as pools, and its pods as rows', () => {
    const { scenario, table } = made()
    expect(scenario.slice(scenario.indexOf('nodes:'), scenario.indexOf('behaviors:'))).toMatchInlineSnapshot(`
      "nodes:
        - name: cpu-96c-384g
          count: 1
          capacity: { cpu: "96", memory: 384Gi }
          allocatable: { cpu: "96", memory: 384Gi }
        - name: v100m16-4x-32c-128g
          count: 2
          capacity: { cpu: "32", memory: 128Gi, nvidia.com/gpu: "4", alibabacloud.com/gpu-milli: "4000" }
          allocatable: { cpu: "32", memory: 128Gi, nvidia.com/gpu: "4", alibabacloud.com/gpu-milli: "4000" }
          labels: { alibabacloud.com/gpu-card-model: "V100M16" }
      "
    `)
    expect(table).toMatchInlineSnapshot(`
      "name,at,for,ends,qos,priority,cpu,memory,cpu_limit,memory_limit,gpu,gpu_milli,gpu_spec
      whole,0,3900s,well,LS,latency-sensitive,4,8Gi,4,8Gi,2,2000,
      share,3600,100s,badly,BE,best-effort,1500m,1000Mi,,,,460,V100M16|T4
      never,3650,10s,well,Burstable,burstable,1,1Gi,,,,,
      "
    `)
  })

  it('runs: pods end when and as they did in the trace', async () => {
    const { entries } = simulate(await load(made()))
    const ended = entries.flatMap(({ at, event }) =>
      event.kind === 'ContainerExited' ? [`${Math.floor(at / 1_000)} ${JSON.stringify(event)}`] : [],
    )
    expect(ended).toMatchInlineSnapshot(`
      [
        "3661 {"kind":"ContainerExited","pod":"default/never","container":"task","restart":0,"exitCode":0,"reason":"Completed"}",
        "3701 {"kind":"ContainerExited","pod":"default/share","container":"task","restart":0,"exitCode":1,"reason":"Error"}",
        "3902 {"kind":"ContainerExited","pod":"default/whole","container":"task","restart":0,"exitCode":0,"reason":"Completed"}",
      ]
    `)
  })

  it('lets pods run only on the models that they are for', async () => {
    const { entries } = simulate(await load(made()))
    const bound = entries.flatMap(({ event }) =>
      event.kind === 'PodBound' ? [`${(event as never as { pod: string }).pod}`] : [],
    )
    expect(bound.sort()).toEqual(['default/never', 'default/share', 'default/whole'])
    const none = await load({ ...made(), scenario: made().scenario.replaceAll('"V100M16" }', '"G2" }') })
    const unbound = simulate(none).entries.flatMap(({ event }) => (event.kind === 'PodBound' ? [event] : []))
    expect(unbound).toHaveLength(2)
  })

  it('begins with what is there already, and runs the rest of it', () => {
    const rows = made({ from: 3_600, until: 3_655 }).table.trim().split('\n').slice(1)
    expect(rows.map((row) => row.split(',').slice(0, 3).join(' '))).toEqual([
      'whole 0 400s',
      'share 0 100s',
      'never 50 10s',
    ])
  })

  it('is as much slower or faster as one likes', () => {
    const { scenario, table } = made({ scale: 0.01 })
    expect(table.split('\n')[2]).toMatch(/^share,36,1s,/)
    expect(scenario).toContain('duration: 40s\n')
  })

  it('gives whole GPUs to shares where thousandths are not counted', () => {
    const { scenario, table } = made({ shares: 'whole' })
    expect(scenario).not.toContain('gpu-milli')
    expect(table.split('\n')[2]).toMatch(/,1,,V100M16\|T4$/)
  })

  it('is cut to the first pods', () => {
    expect(made({ pods: 2 })).toMatchObject({ pods: 2, nodes: 3 })
    expect(made({ from: 4_001 }).pods).toBe(0)
  })

  it('has every problem of its tables named at its place', () => {
    const nodes = 'sn,cpu_milli,memory_mib,gpu,model\nn0,many,1,2,\nn0,1,1,0,\n'
    const pods = `${PODS.split('\n')[0]}
a,1,1,1,1500,,LS,Running,0,1,0
A!,1,1,2,500,,XX,Gone,5,1,
a,1,1,1,0,,BE,Running,0,1,
b,1.5,,0,100,,BE,Running,9,10,3
c,1
`
    expect(complaints(nodes, pods)).toMatchInlineSnapshot(`
      "nodes.csv:2:4 error WT041 expected a whole number, found "many"
      nodes.csv:2:13 error WT041 there is no model, and the machine has GPUs
      nodes.csv:3:1 error WT041 there is another machine "n0"
      pods.csv:2:9 error WT041 more than 1000 thousandths of a GPU
      pods.csv:3:1 error WT041 "A!" is no name of a pod
      pods.csv:3:10 error WT041 2 GPUs are whole ones: expected 1000, found 500
      pods.csv:3:15 error WT041 expected one of LS, BE, Burstable, Guaranteed, found "XX"
      pods.csv:3:18 error WT041 expected one of Running, Succeeded, Failed, Pending, found "Gone"
      pods.csv:3:25 error WT041 it is deleted before it is created
      pods.csv:4:1 error WT041 there is another pod "a"
      pods.csv:4:9 error WT041 nothing of its GPU
      pods.csv:5:3 error WT041 expected a whole number, found "1.5"
      pods.csv:5:7 error WT041 expected a whole number, found nothing
      pods.csv:5:8 error WT041 a share of no GPU
      pods.csv:5:31 error WT041 it is scheduled before it is created
      pods.csv:6:1 error WT041 the header has 11 names, this row has 2 values
      16 errors, 0 warnings
      "
    `)
    expect(complaints('sn,cpu\n', 'name\n')).toMatchInlineSnapshot(`
      "nodes.csv:1:1 error WT041 the table has no column \`cpu_milli\`
          a table of the openb trace has sn,cpu_milli,memory_mib,gpu,model
      nodes.csv:1:1 error WT041 the table has no column \`gpu\`
          a table of the openb trace has sn,cpu_milli,memory_mib,gpu,model
      nodes.csv:1:1 error WT041 the table has no column \`memory_mib\`
          a table of the openb trace has sn,cpu_milli,memory_mib,gpu,model
      nodes.csv:1:1 error WT041 the table has no column \`model\`
          a table of the openb trace has sn,cpu_milli,memory_mib,gpu,model
      pods.csv:1:1 error WT041 the table has no column \`cpu_milli\`
          a table of the openb trace has name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
      pods.csv:1:1 error WT041 the table has no column \`creation_time\`
          a table of the openb trace has name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
      pods.csv:1:1 error WT041 the table has no column \`deletion_time\`
          a table of the openb trace has name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
      pods.csv:1:1 error WT041 the table has no column \`gpu_milli\`
          a table of the openb trace has name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
      pods.csv:1:1 error WT041 the table has no column \`gpu_spec\`
          a table of the openb trace has name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
      pods.csv:1:1 error WT041 the table has no column \`memory_mib\`
          a table of the openb trace has name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
      pods.csv:1:1 error WT041 the table has no column \`num_gpu\`
          a table of the openb trace has name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
      pods.csv:1:1 error WT041 the table has no column \`pod_phase\`
          a table of the openb trace has name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
      pods.csv:1:1 error WT041 the table has no column \`qos\`
          a table of the openb trace has name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
      pods.csv:1:1 error WT041 the table has no column \`scheduled_time\`
          a table of the openb trace has name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
      14 errors, 0 warnings
      "
    `)
  })
})

const DATA = join(process.env.WAVETANK_DATA ?? join(process.cwd(), '../shared/data'), 'openb')
const hasData = existsSync(DATA)

describe.skipIf(!hasData)(`the whole trace (${hasData ? DATA : `skipped: there is no ${DATA}`})`, () => {
  it('loads, with every machine and pod', async () => {
    const { machines, work } = read(
      readFileSync(join(DATA, 'openb_node_list_gpu_node.csv'), 'utf8'),
      readFileSync(join(DATA, 'openb_pod_list_default.csv'), 'utf8'),
    )
    const scenario = await load(openbScenario(machines, work, WHOLE))
    expect(scenario.nodes).toHaveLength(1_213)
    expect(scenario.timeline).toHaveLength(8_152)
    const gpus = scenario.nodes.reduce((all, { status }) => all + Number(status?.capacity?.['nvidia.com/gpu'] ?? 0), 0)
    expect(gpus).toBe(6_212)
  })
})
