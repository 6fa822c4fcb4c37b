import { isLeft, isRight, left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { parseKubectlCommand } from './parse-command.ts'

const read = (line: string) => parseKubectlCommand(line, { objectsOf: () => left({ code: 'WT004', message: 'no' }) })
const rc = { by: 'name', refs: [{ kind: 'ReplicationController', namespace: 'default', name: 'nginx' }] }

describe('expose', () => {
  it.each<[string, unknown]>([
    [
      'expose rc nginx --port=80 --target-port=8000',
      { verb: 'expose', namespace: 'default', targets: rc, ports: [80], targetPort: 8000 },
    ],
    [
      'expose rc/nginx --port 80,443 --target-port http --type NodePort --name web -l app=web,tier=front',
      {
        verb: 'expose',
        namespace: 'default',
        targets: rc,
        ports: [80, 443],
        targetPort: 'http',
        type: 'NodePort',
        name: 'web',
        labels: { app: 'web', tier: 'front' },
      },
    ],
    [
      'expose -n shop po/a --port=53 --protocol=UDP --selector=a=b --cluster-ip=None --session-affinity=ClientIP --external-ip=192.0.2.1 --load-balancer-ip=192.0.2.2',
      {
        verb: 'expose',
        namespace: 'shop',
        targets: { by: 'name', refs: [{ kind: 'Pod', namespace: 'shop', name: 'a' }] },
        ports: [53],
        protocol: 'UDP',
        selector: { a: 'b' },
        clusterIP: 'None',
        sessionAffinity: 'ClientIP',
        externalIP: '192.0.2.1',
        loadBalancerIP: '192.0.2.2',
      },
    ],
  ])('reads %s', (line, command) => {
    const result = read(line)
    expect(isRight(result) ? result.right : result.left).toEqual(command)
  })

  it.each([
    ['expose rc nginx --prot=80', 'unknown flag: --prot', 16],
    ['expose sts web --port=80', 'cannot expose a StatefulSet', 7],
    ['expose rc nginx --port=http', '--port: "http" is not a port', 23],
    ['expose rc nginx --port=80,0', '--port: "0" is not a port', 23],
    ['expose rc nginx --type=Public', 'invalid value "Public" for --type', 23],
    ['expose rc nginx --protocol=tcp', 'invalid value "tcp" for --protocol', 27],
    ['expose rc nginx --session-affinity=Always', 'invalid value "Always" for --session-affinity', 35],
    ['expose rc nginx --labels=app', 'unexpected label spec: app', 25],
    ['expose rc nginx --selector=a=b=c', 'unexpected label spec: a=b=c', 27],
    ['expose', 'you must specify the type of resource', 6],
  ])('refuses %s', (line, message, offset) => {
    const result = read(line)
    const problems = isLeft(result) ? result.left : []
    expect(problems.map((problem) => [problem.message, problem.offset])).toEqual([[message, offset]])
  })
})
