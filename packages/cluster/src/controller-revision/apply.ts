import type { Folds } from '../folds.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touch } from '../object/touch.ts'
import { recordedTemplate } from '../pod/recorded-template.ts'
import type { controllerRevisionEvents } from './events.ts'

export const applyControllerRevision: Folds<(typeof controllerRevisionEvents)[keyof typeof controllerRevisionEvents]> =
  {
    ...objectFolds('ControllerRevision', (tables) => tables.controllerRevisions),
    ControllerRevisionCreated: (tables, entry) => {
      const { object: key, revision, template } = entry.event
      storeObject(
        tables,
        tables.controllerRevisions,
        {
          ...metaOfCreation(entry),
          kind: 'ControllerRevision',
          apiVersion: 'apps/v1',
          key,
          template: recordedTemplate(tables, template, entry),
          revision,
        },
        entry,
      )
    },
    ControllerRevisionRenumbered: (tables, entry) => {
      const object = storedObject(tables.controllerRevisions, entry.event.object, entry)
      object.revision = entry.event.revision
      touch(object, entry)
    },
  }
