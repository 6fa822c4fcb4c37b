import { isNamespaced, sentManifest } from '../cluster-objects.ts'
import { flagOf, NAMESPACE } from './arguments.ts'
import { FROM, IMAGE, readCreateJob } from './create-job.ts'
import { defineVerb, type VerbDefinition } from './define-verb.ts'
import { FILENAME, namespaceOf, objectsOfFiles } from './targets.ts'

const fileVerb = (name: 'apply' | 'create', doc: string): VerbDefinition =>
  defineVerb({
    name,
    usage: name === 'create' ? 'create -f FILENAME | create job NAME --from=cronjob/NAME' : `${name} -f FILENAME`,
    doc,
    flags: name === 'create' ? [NAMESPACE, FILENAME, FROM, IMAGE] : [NAMESPACE, FILENAME],
    read: (args, scene, problems) => {
      const [stray] = args.positional
      if (name === 'create' && stray?.text === 'job') return readCreateJob(args, problems)
      for (const flag of ['from', 'image']) {
        const word = flagOf(args, flag)
        if (word !== undefined) {
          const message = `--${flag} goes with \`create job\``
          problems.push({ code: 'WT034', message, hint: '`create job NAME --from=cronjob/NAME`', offset: word.start })
        }
      }
      if (stray !== undefined)
        problems.push({
          code: 'WT034',
          message: `unexpected argument "${stray.text}"`,
          hint: `here \`kubectl ${name}\` takes files: \`${name} -f FILE\``,
          offset: stray.start,
        })
      if (!args.flags.has('filename') && stray === undefined)
        problems.push({ code: 'WT032', message: 'must specify -f', hint: `\`${name} -f FILE\``, offset: args.end })
      const namespace = namespaceOf(args)
      const manifests = objectsOfFiles(args, scene, problems).map((loaded) => {
        const { object, ownNamespace } = loaded
        const isElsewhere = ownNamespace !== undefined && ownNamespace !== namespace && args.flags.has('namespace')
        if (isElsewhere && isNamespaced(object))
          problems.push({
            code: 'WT034',
            message: `the namespace from the provided object "${ownNamespace}" does not match the namespace "${namespace}". You must pass '--namespace=${ownNamespace}' to perform this operation.`,
            offset: args.flags.get('namespace')![0]!.start,
          })
        return sentManifest(loaded, namespace)
      })
      return { verb: name, manifests }
    },
  })

export const apply = fileVerb('apply', 'Creates the objects of files, or changes them to what the files say.')
export const create = fileVerb('create', 'Creates the objects of files.')
