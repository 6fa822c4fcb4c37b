import type { JsonObject } from '@wavetank/cluster/api'
import { SAVE_CONFIG } from './apply.ts'
import { type Arguments, flagOf, NAMESPACE, switchOf, takes, toggles } from './arguments.ts'
import { defineVerb } from './define-verb.ts'
import { isPort, labelsOf, pairsOf, refuse, wordOf } from './flag-values.ts'
import { generated } from './generators.ts'
import type { LineProblem } from './shell-words.ts'
import { namespaceOf } from './targets.ts'

const POLICIES = ['Always', 'OnFailure', 'Never']
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const ATTACHED = 'nobody is there to look: the pod runs without'

/** Source: staging/src/k8s.io/kubectl/pkg/generate/versioned/run.go, BasicPod. */
const podOf = (args: Arguments, name: string, problems: LineProblem[]) => {
  const image = flagOf(args, 'image')
  if (image === undefined || image.text === '') {
    problems.push({
      code: 'WT032',
      message: '--image is required',
      hint: 'for example `--image=nginx`',
      offset: args.end,
    })
  }
  const rest = args.positional.slice(1).map(({ text }) => text)
  const field = switchOf(args, 'command', problems) ? 'command' : 'args'
  const env = pairsOf(args, 'env', problems)
  const annotations = pairsOf(args, 'annotations', problems)
  const port = flagOf(args, 'port')
  if (port !== undefined && !isPort(port.text)) refuse(problems, port, `--port: "${port.text}" is not a port`)
  const imagePullPolicy = wordOf(args, 'image-pull-policy', PULL_POLICIES, problems)
  const labels = labelsOf(args, 'labels', problems) ?? { run: name }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: namespaceOf(args), labels, ...(annotations === undefined ? {} : { annotations }) },
    spec: {
      containers: [
        {
          name,
          image: image?.text,
          ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
          ...(env === undefined ? {} : { env: Object.entries(env).map(([key, value]) => ({ name: key, value })) }),
          ...(port === undefined ? {} : { ports: [{ containerPort: Number(port.text) }] }),
          ...(rest.length === 0 ? {} : { [field]: rest }),
          ...(switchOf(args, 'privileged', problems) ? { securityContext: { privileged: true } } : {}),
        },
      ],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: wordOf(args, 'restart', POLICIES, problems) ?? 'Always',
    },
  }
}

export const run = defineVerb({
  name: 'run',
  usage:
    'run NAME --image=image [--env="key=value"] [--port=port] [--expose] [--restart=Never] [--labels=key=value] [--command] -- [COMMAND] [args...]',
  doc: 'Creates one pod of one container.',
  flags: [
    NAMESPACE,
    takes('image'),
    takes('image-pull-policy'),
    takes('env'),
    takes('annotations'),
    takes('port'),
    takes('labels', 'l'),
    takes('restart'),
    toggles('command'),
    toggles('expose'),
    toggles('privileged'),
    toggles('quiet', 'q'),
    SAVE_CONFIG,
  ],
  refused: {
    rm: ATTACHED,
    stdin: ATTACHED,
    tty: ATTACHED,
    attach: ATTACHED,
    overrides: 'write the pod to a file: `create -f FILE`',
    'override-type': 'write the pod to a file: `create -f FILE`',
  },
  read: (args, _scene, problems) => {
    const before = problems.length
    const [name] = args.positional
    if (name === undefined || args.beforeDash === 0) {
      problems.push({ code: 'WT032', message: 'NAME is required for run', offset: args.end })
      return undefined
    }
    const pod = podOf(args, name.text, problems)
    const { expose, port } = { expose: flagOf(args, 'expose'), port: flagOf(args, 'port') }
    const exposes = switchOf(args, 'expose', problems)
    if (exposes && port === undefined) refuse(problems, expose!, '--port must be set when exposing a service')
    if (problems.length > before) return undefined
    const { labels, namespace } = pod.metadata
    const ports = [{ port: Number(port?.text), protocol: 'TCP', targetPort: Number(port?.text) }]
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: name.text, namespace },
      spec: { selector: labels, ports },
    }
    // The Service is printed first.
    const manifests = [...(exposes ? [service] : []), pod].flatMap((manifest): readonly JsonObject[] => {
      const whole = generated(args, manifest, name, problems)
      return whole === undefined ? [] : [whole]
    })
    return problems.length > before ? undefined : { verb: 'create', manifests }
  },
})
