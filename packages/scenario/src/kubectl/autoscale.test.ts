import { isLeft, isRight, left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { parseKubectlCommand } from './parse-command.ts'

const read = (line: string) => parseKubectlCommand(line, { objectsOf: () => left({ code: 'WT004', message: 'no' }) })
const web = { by: 'name', refs: [{ kind: 'Deployment', namespace: 'default', name: 'web' }] }

describe('autoscale', () => {
  it.each<[string, object]>([
    ['autoscale deployment web --max=10', { max: 10, metrics: [] }],
    ['autoscale deploy/web --min 2 --max 10 --name shop', { min: 2, max: 10, name: 'shop', metrics: [] }],
    ['autoscale deploy/web --min=-1 --max=10', { max: 10, metrics: [] }],
    ['autoscale deploy/web --max=3 --cpu-percent=80', { max: 3, metrics: [{ resource: 'cpu', utilization: 80 }] }],
    ['autoscale deploy/web --max=3 --cpu=80%', { max: 3, metrics: [{ resource: 'cpu', utilization: 80 }] }],
    ['autoscale deploy/web --max=3 --cpu=500', { max: 3, metrics: [{ resource: 'cpu', average: '500m' }] }],
    [
      'autoscale deploy/web --max=3 --cpu=0.5 --memory=1Gi',
      {
        max: 3,
        metrics: [
          { resource: 'cpu', average: '0.5m' },
          { resource: 'memory', average: '1Gi' },
        ],
      },
    ],
    ['autoscale deploy/web --max=3 --memory=200', { max: 3, metrics: [{ resource: 'memory', average: '200Mi' }] }],
  ])('reads %s', (line, command) => {
    const result = read(line)
    expect(isRight(result) ? result.right : result.left).toEqual({ verb: 'autoscale', targets: web, ...command })
  })

  it.each<[string, number, string]>([
    ['autoscale deploy web', 20, 'required flag(s) "max" not set'],
    ['autoscale deploy web --max=0', 27, '--max=MAXPODS is required and must be at least 1, max: 0'],
    [
      'autoscale deploy web --min=3 --max=2',
      35,
      '--max=MAXPODS must be larger or equal to --min=MINPODS, max: 2, min: 3',
    ],
    ['autoscale deploy web --max=2 --cpu=x', 35, 'invalid resource cpu value: x'],
    ['autoscale deploy web --max=2 --cpu=5.5%', 35, 'invalid percentage value: 5.5'],
    ['autoscale deploy web --max=2 --memory=-1', 38, 'must be positive'],
    ['autoscale deploy web --max=2 --cpu=5% --cpu-percent=5', 52, '--cpu-percent and --cpu are mutually exclusive'],
    ['autoscale deploy web --max=2 --name=A_b', 36, 'the name "A_b"'],
    ['autoscale ds web --max=2', 10, 'cannot autoscale a DaemonSet'],
    ['autoscale deploy web --max=2 --replicas=3', 29, 'unknown flag: --replicas'],
    ['autoscale --max=2', 17, 'resource'],
  ])('refuses %s', (line, offset, message) => {
    const result = read(line)
    const problems = isLeft(result) ? result.left : []
    expect(problems.map((problem) => `${problem.offset} ${problem.message}`).join('; ')).toContain(`${offset} `)
    expect(problems.map((problem) => problem.message).join('; ')).toContain(message)
  })
})
