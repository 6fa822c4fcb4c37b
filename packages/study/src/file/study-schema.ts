import { schemaOf } from '@wavetank/scenario'
import { StudyFile } from './study-file.ts'

/** The JSON Schema of studies, for editors. */
export const studySchema = schemaOf(
  'Study',
  'A scenario in many variants, each run many times, and what is measured.',
  StudyFile.schema,
)
