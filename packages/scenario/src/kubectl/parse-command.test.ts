import fc from 'fast-check'
import { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeObjects } from '../cluster-objects.ts'
import type { KubectlScene } from './define-verb.ts'
import { filesOfCommand, parseKubectlCommand } from './parse-command.ts'

const web = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } }
const scene: KubectlScene = {
  objectsOf: (path) =>
    path === 'web.yaml'
      ? right(decodeObjects(web).objects)
      : left({ code: 'WT004', message: `${path}: no such file or folder` }),
}
const read = (line: string) => parseKubectlCommand(line, scene)

const rc = { kind: 'ReplicationController', namespace: 'default', name: 'hostname' }
const web1 = { kind: 'Deployment', namespace: 'default', name: 'web' }
const shopWeb = { ...web1, namespace: 'shop' }
const byName = (...refs: readonly unknown[]) => ({ by: 'name', refs })

describe('a kubectl command', () => {
  it.each<[string, unknown]>([
    ['scale rc hostname --replicas=3', { verb: 'scale', targets: byName(rc), replicas: 3 }],
    ['kubectl scale rc/hostname --replicas 3', { verb: 'scale', targets: byName(rc), replicas: 3 }],
    [
      '-n shop scale --current-replicas=2 --replicas=3 deploy/web deployment.apps/api',
      {
        verb: 'scale',
        targets: byName(
          { kind: 'Deployment', namespace: 'shop', name: 'web' },
          { kind: 'Deployment', namespace: 'shop', name: 'api' },
        ),
        replicas: 3,
        currentReplicas: 2,
      },
    ],
    [
      'scale rs --all --replicas=0',
      {
        verb: 'scale',
        targets: { by: 'selector', kinds: ['ReplicaSet'], namespace: 'default', selector: '' },
        replicas: 0,
      },
    ],
    [
      'delete pod bare',
      {
        verb: 'delete',
        targets: byName({ kind: 'Pod', namespace: 'default', name: 'bare' }),
        cascade: 'background',
        force: false,
        ignoreNotFound: false,
      },
    ],
    [
      'delete rc web --cascade=false',
      {
        verb: 'delete',
        targets: byName({ kind: 'ReplicationController', namespace: 'default', name: 'web' }),
        cascade: 'orphan',
        force: false,
        ignoreNotFound: false,
      },
    ],
    [
      'delete rc web --cascade=true',
      {
        verb: 'delete',
        targets: byName({ kind: 'ReplicationController', namespace: 'default', name: 'web' }),
        cascade: 'background',
        force: false,
        ignoreNotFound: false,
      },
    ],
    [
      'delete rc,svc -l app=web -n shop --cascade=orphan --grace-period=0 --force',
      {
        verb: 'delete',
        targets: {
          by: 'selector',
          kinds: ['ReplicationController', 'Service'],
          namespace: 'shop',
          selector: 'app=web',
        },
        cascade: 'orphan',
        gracePeriodSeconds: 0,
        force: true,
        ignoreNotFound: false,
      },
    ],
    [
      'delete po a b --now --wait=false',
      {
        verb: 'delete',
        targets: byName(
          { kind: 'Pod', namespace: 'default', name: 'a' },
          { kind: 'Pod', namespace: 'default', name: 'b' },
        ),
        cascade: 'background',
        gracePeriodSeconds: 1,
        force: false,
        ignoreNotFound: false,
      },
    ],
    [
      'delete -f web.yaml',
      {
        verb: 'delete',
        targets: byName({ kind: 'Service', namespace: 'default', name: 'web' }),
        cascade: 'background',
        force: false,
        ignoreNotFound: false,
      },
    ],
    [
      'label nodes n1 disk=ssd zone- --overwrite',
      {
        verb: 'label',
        targets: byName({ kind: 'Node', namespace: '', name: 'n1' }),
        set: { disk: 'ssd' },
        remove: ['zone'],
        overwrite: true,
      },
    ],
    [
      `annotate rc hostname 'note=two words' "k=v=w"`,
      {
        verb: 'annotate',
        targets: byName(rc),
        set: { note: 'two words', k: 'v=w' },
        remove: [],
        overwrite: false,
      },
    ],
    ['cordon n1 node/n2', { verb: 'cordon', nodes: { names: ['n1', 'n2'] } }],
    ['uncordon -l pool=a', { verb: 'uncordon', nodes: { selector: 'pool=a' } }],
    [
      'drain n1 --ignore-daemonsets --delete-emptydir-data --force --grace-period=5 --timeout=2m --pod-selector=app=x',
      {
        verb: 'drain',
        nodes: { names: ['n1'] },
        ignoreDaemonSets: true,
        deleteEmptyDirData: true,
        force: true,
        disableEviction: false,
        gracePeriodSeconds: 5,
        timeout: 120_000,
        podSelector: 'app=x',
      },
    ],
    [
      'taint nodes n1 n2 dedicated=db:NoSchedule old:NoExecute- gone-',
      {
        verb: 'taint',
        nodes: { names: ['n1', 'n2'] },
        add: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }],
        remove: [{ key: 'old', effect: 'NoExecute' }, { key: 'gone' }],
        overwrite: false,
      },
    ],
    [
      `patch rc hostname --type=merge -p '{"spec":{"replicas":5}}'`,
      { verb: 'patch', targets: byName(rc), type: 'merge', patch: { spec: { replicas: 5 } } },
    ],
    [
      `patch rc/hostname -p 'spec: {replicas: 5}'`,
      { verb: 'patch', targets: byName(rc), type: 'strategic', patch: { spec: { replicas: 5 } } },
    ],
    [
      `patch rc hostname --type json --patch='[{"op":"remove","path":"/spec/replicas"}]'`,
      { verb: 'patch', targets: byName(rc), type: 'json', patch: [{ op: 'remove', path: '/spec/replicas' }] },
    ],
    ['rollout undo deployment/web', { verb: 'rollout undo', targets: byName(web1), toRevision: 0 }],
    [
      '-n shop rollout undo deploy web --to-revision=3',
      { verb: 'rollout undo', targets: byName(shopWeb), toRevision: 3 },
    ],
    ['rollout restart deploy/web', { verb: 'rollout restart', targets: byName(web1) }],
    [
      'rollout restart sts -l app=web',
      {
        verb: 'rollout restart',
        targets: { by: 'selector', kinds: ['StatefulSet'], namespace: 'default', selector: 'app=web' },
      },
    ],
    ['rollout pause deploy web', { verb: 'rollout pause', targets: byName(web1) }],
    ['rollout resume deploy web', { verb: 'rollout resume', targets: byName(web1) }],
    ['rollout history deploy web', { verb: 'rollout history', targets: byName(web1) }],
    ['rollout status deploy/web', { verb: 'rollout status', target: web1, watch: true, revision: 0 }],
    [
      'rollout status deploy/web -w=false --timeout=90s --revision 2',
      { verb: 'rollout status', target: web1, watch: false, revision: 2, timeout: 90_000 },
    ],
    [
      'set image deploy/web web=nginx:1.28 log=log:2',
      { verb: 'set image', targets: byName(web1), images: { web: 'nginx:1.28', log: 'log:2' } },
    ],
    [
      'set resources deploy web -c=web --limits=cpu=200m,memory=512Mi',
      {
        verb: 'set resources',
        targets: byName(web1),
        containers: 'web',
        limits: { cpu: '200m', memory: '512Mi' },
        requests: {},
      },
    ],
    [
      'set env deploy/web A=b=c D- -e E=f',
      {
        verb: 'set env',
        targets: byName(web1),
        containers: '*',
        set: { E: 'f', A: 'b=c' },
        remove: ['D'],
        overwrite: true,
      },
    ],
  ])('is read: %s', (line, command) => {
    expect(read(line)).toEqual(right(command))
  })

  it('brings the objects of a file, in the namespace of -n unless they have their own', () => {
    const command = read('apply -f web.yaml -n shop')
    expect(isRight(command) && command.right).toMatchObject({
      verb: 'apply',
      manifests: [{ ...web, metadata: { name: 'web', namespace: 'shop' } }],
    })
    expect(filesOfCommand('apply -n shop -f web.yaml --filename=b.yaml')).toEqual(['web.yaml', 'b.yaml'])
  })

  it.each<[string, string, string | RegExp]>([
    ['get pods', '0 WT030', /log/],
    ['scael rc x', '0 WT030', 'did you mean `scale`?'],
    ['', '0 WT032', /known/],
    ['scale rc hostname', '17 WT032', /replicas=3/],
    ['scale rc hostname --replicas=three', '29 WT034', ''],
    ['scale rc hostname --replicas=-1', '29 WT034', ''],
    ['scale rc hostname --replicas', '18 WT032', ''],
    ['scale rc --replicas=3', '21 WT032', /--all/],
    ['scale --replicas=3', '18 WT032', ''],
    ['scale rcs hostname --replicas=3', '6 WT033', 'did you mean `rc`?'],
    ['scale svc web --replicas=3', '6 WT034', /Deployment/],
    ['scale rc/hostname web --replicas=3', '18 WT034', /TYPE\/NAME/],
    ['scale rc/ --replicas=3', '9 WT034', ''],
    ['scale rc hostname -l a=b --replicas=3', '9 WT034', ''],
    ['scale rc hostname --replica=3', '18 WT031', 'did you mean `--replicas`?'],
    ['delete pod x --cascade=foregrund', '23 WT034', 'did you mean `foreground`?'],
    ['delete pod x --force --grace-period=5', '13 WT034', ''],
    ['delete pod x -z', '14 WT031', ''],
    ['delete pod -l "a in (b"', '14 WT034', ''],
    ['label pod x', '11 WT032', /key=value/],
    ['label pod x a=b a-', '16 WT034', ''],
    ['label pod x "a b=c"', '12 WT034', ''],
    ['cordon', '6 WT032', ''],
    ['cordon pod/x', '7 WT033', ''],
    ['drain n1 --timeout=5', '19 WT014', /5s/],
    ['taint nodes n1 a=b', '15 WT032', /NoSchedule/],
    ['taint nodes n1 a=b:NoShedule', '19 WT034', 'did you mean `NoSchedule`?'],
    ['taint pods n1 a=b:NoSchedule', '6 WT033', /nodes/],
    ['apply web.yaml', '6 WT034', /-f/],
    ['apply -f missing.yaml', '9 WT004', ''],
    ['patch rc hostname', '17 WT032', ''],
    ["patch rc hostname -p '[1]'", '21 WT034', ''],
    ["patch rc hostname -p '{'", '21 WT034', ''],
    ["patch rc hostname --type=yaml -p '{}'", '25 WT034', ''],
    ['rollout', '7 WT032', /history, pause/],
    ['rollout back deploy/web', '8 WT030', /resume, status, undo/],
    ['rollout histroy deploy/web', '8 WT030', 'did you mean `history`?'],
    ['rollout pause ds/agent', '14 WT034', /Deployment/],
    ['rollout restart rs/web', '16 WT034', /StatefulSet/],
    ['rollout undo deploy/web --revision=1', '24 WT031', 'did you mean `--to-revision`?'],
    ['rollout status deploy/a deploy/b', '15 WT034', ''],
    ['rollout status deploy/a --timeout=5', '34 WT014', /5s/],
    ['set image deploy/web', '20 WT032', /web=nginx/],
    ['set image deploy/web web=', '21 WT034', /CONTAINER=IMAGE/],
    ['set image deploy/web *=a web=b', '21 WT034', ''],
    ['set image web=a deploy/web', '16 WT034', ''],
    ['set resources deploy/web', '24 WT032', /--limits/],
    ['set resources deploy/web --limits=cpu', '34 WT034', ''],
    ['set resources deploy/web --limits=cpu=lots', '34 WT034', ''],
    ['set env deploy/web', '18 WT032', /KEY-/],
    ['set env deploy/web =b', '19 WT034', ''],
    ["label pod x 'a=b", '12 WT035', ''],
    ['scale rc x --replicas=1 | tee', '24 WT035', ''],
  ])('is refused, with the place: %s', (line, complaint, hint) => {
    const parsed = read(line)
    const problems = isLeft(parsed) ? parsed.left : []
    expect(problems.map(({ offset, code }) => `${offset} ${code}`)).toContain(complaint)
    if (hint !== '') expect(problems.map((problem) => problem.hint ?? '').join('\n')).toMatch(hint)
  })

  it('names every problem at once', () => {
    const parsed = read('scale foo bar --replicas=x --nope')
    expect(isLeft(parsed) && parsed.left.map(({ code }) => code)).toEqual(['WT031', 'WT033', 'WT034'])
  })

  it('is read or refused whatever it says', () => {
    const word = fc.constantFrom(
      'scale',
      'delete',
      'label',
      'taint',
      'patch',
      'drain',
      'apply',
      'rollout',
      'set',
      'status',
      'image',
      'env',
      'rc',
      'nodes',
      'a/b',
      'x=y',
      'x-',
      '-n',
      '-f',
      '-p',
      '-l',
      '--all',
      '--replicas=1',
      '--',
      "'{}'",
      '"',
      '\\',
      '-',
      '=',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (line) => {
          const parsed = read(line)
          if (isLeft(parsed)) expect(parsed.left.length).toBeGreaterThan(0)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
