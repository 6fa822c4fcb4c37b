import type { KubectlCommand } from '@wavetank/cluster'
import { dnsSubdomainProblems } from '@wavetank/cluster/api'
import { findResource } from '../cluster-objects.ts'
import { type Arguments, flagOf, NAMESPACE, takes } from './arguments.ts'
import { defineVerb } from './define-verb.ts'
import type { LineProblem } from './shell-words.ts'
import { namespaceOf } from './targets.ts'

const FROM = takes('from')
const IMAGE = takes('image')

/** The name of the CronJob in `--from=cronjob/NAME`. */
const cronJobOf = (args: Arguments, problems: LineProblem[]): string | undefined => {
  const word = flagOf(args, 'from')
  if (word === undefined) return undefined
  const [type = '', name = '', ...rest] = word.text.split('/')
  if (findResource(type)?.kind === 'CronJob' && name !== '' && rest.length === 0) return name
  problems.push({
    code: 'WT034',
    message: 'from must be an existing cronjob',
    hint: 'written as `--from=cronjob/NAME`',
    offset: word.start,
  })
  return undefined
}

/** `create job NAME --from=cronjob/NAME` or `create job NAME --image=IMAGE [-- COMMAND…]`. */
const read = (args: Arguments, problems: LineProblem[]): KubectlCommand | undefined => {
  const before = problems.length
  const [name, ...command] = args.positional
  const from = cronJobOf(args, problems)
  const image = flagOf(args, 'image')?.text
  if (name === undefined) {
    const hint = '`create job NAME --from=cronjob/NAME`'
    problems.push({ code: 'WT032', message: 'the name of the job is missing', hint, offset: args.end })
  } else {
    for (const message of dnsSubdomainProblems(name.text)) {
      problems.push({ code: 'WT034', message: `the name "${name.text}": ${message}`, offset: name.start })
    }
  }
  if (args.flags.has('from') === args.flags.has('image')) {
    problems.push({ code: 'WT032', message: 'either --image or --from must be specified', offset: args.end })
  }
  if (args.flags.has('from') && command.length > 0) {
    problems.push({ code: 'WT034', message: 'cannot specify --from and command', offset: command[0]!.start })
  }
  if (problems.length > before || name === undefined) return undefined
  const source = from === undefined ? { image: image ?? '', command: command.map(({ text }) => text) } : { from }
  return { verb: 'create job', namespace: namespaceOf(args), name: name.text, source }
}

export const createJob = defineVerb({
  name: 'create job',
  usage: 'create job NAME (--image=image | --from=cronjob/NAME) -- [COMMAND] [args...]',
  doc: 'Creates a Job of one container, or what a CronJob would create.',
  flags: [NAMESPACE, FROM, IMAGE],
  read: (args, _scene, problems) => read(args, problems),
})
