import { type CsvCell, type LocatedIssue, readCsv } from '@wavetank/scenario'
import { type Either, left, right } from 'fp-ts/lib/Either.js'

/** A machine of the trace; machines that are alike are one pool. */
export interface OpenbNode {
  readonly cpuMillis: number
  readonly memoryMebibytes: number
  readonly gpus: number
  /** Empty for a machine without a GPU. */
  readonly model: string
}

export const QOS = ['LS', 'BE', 'Burstable', 'Guaranteed'] as const
export type OpenbQos = (typeof QOS)[number]

const PHASES = ['Running', 'Succeeded', 'Failed', 'Pending'] as const

/** A pod of the trace; times in seconds of the trace. */
export interface OpenbPod {
  readonly name: string
  readonly cpuMillis: number
  readonly memoryMebibytes: number
  readonly gpus: number
  /** Of each of its GPUs, in thousandths. */
  readonly gpuMilli: number
  /** Models that it may run on, any of them if empty. */
  readonly models: readonly string[]
  readonly qos: OpenbQos
  readonly phase: (typeof PHASES)[number]
  readonly createdAt: number
  readonly deletedAt: number
  /** Absent for a pod that never ran. */
  readonly scheduledAt: number | undefined
}

/** The text of a file, and what problems call it. */
export interface TraceText {
  readonly file: string
  readonly text: string
}

const NODE_COLUMNS = ['sn', 'cpu_milli', 'memory_mib', 'gpu', 'model'] as const
const POD_COLUMNS = [
  'name',
  'cpu_milli',
  'memory_mib',
  'num_gpu',
  'gpu_milli',
  'gpu_spec',
  'qos',
  'pod_phase',
  'creation_time',
  'deletion_time',
  'scheduled_time',
] as const

type Refuse = (cell: Omit<CsvCell, 'text'>, message: string, hint?: string) => void

interface Reader<Column extends string> {
  readonly text: (column: Column) => string
  readonly whole: (column: Column) => number
  readonly cell: (column: Column) => CsvCell
}

/** Every row with all columns; what is wrong goes to `refuse`, and a wrong number counts as 0. */
const readRows = <Column extends string>(
  text: string,
  columns: readonly Column[],
  refuse: Refuse,
  onRow: (row: Reader<Column>) => void,
): void => {
  const { header, rows, problems } = readCsv(text)
  for (const { message, hint, ...place } of problems) refuse(place, message, hint)
  const names = header.map((cell) => cell.text)
  const top = header[0] ?? { line: 1, column: 1 }
  const missing = columns.filter((column) => !names.includes(column))
  for (const column of missing)
    refuse(top, `the table has no column \`${column}\``, `a table of the openb trace has ${columns.join(',')}`)
  if (missing.length > 0) return
  if (rows.length === 0 && problems.length === 0) refuse(top, 'the table has no rows')
  const index = new Map(columns.map((column) => [column, names.indexOf(column)]))
  for (const row of rows) {
    const cell = (column: Column): CsvCell => row[index.get(column)!]!
    onRow({
      cell,
      text: (column) => cell(column).text,
      whole: (column) => {
        const found = cell(column)
        const number = Number(found.text)
        if (/^\d+(\.0+)?$/.test(found.text) && Number.isSafeInteger(number)) return number
        refuse(found, `expected a whole number, found ${found.text === '' ? 'nothing' : `"${found.text}"`}`)
        return 0
      },
    })
  }
}

const collect = (file: string) => {
  const issues: LocatedIssue[] = []
  const refuse: Refuse = ({ line, column }, message, hint) => {
    const help = hint === undefined ? {} : { hint }
    issues.push({ file, line, column, code: 'WT041', severity: 'error', path: [], message, ...help })
  }
  return { issues, refuse }
}

/** The machines of the trace, or everything that is wrong with the table. */
export const readOpenbNodes = ({ file, text }: TraceText): Either<readonly LocatedIssue[], readonly OpenbNode[]> => {
  const { issues, refuse } = collect(file)
  const nodes: OpenbNode[] = []
  const names = new Set<string>()
  readRows(text, NODE_COLUMNS, refuse, (row) => {
    const name = row.cell('sn')
    if (names.has(name.text)) refuse(name, `there is another machine "${name.text}"`)
    names.add(name.text)
    const gpus = row.whole('gpu')
    const model = row.cell('model')
    if (gpus > 0 && model.text === '') refuse(model, 'there is no model, and the machine has GPUs')
    if (!/^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/.test(model.text))
      refuse(model, `"${model.text}" cannot be the value of a label`)
    const [cpuMillis, memoryMebibytes] = [row.whole('cpu_milli'), row.whole('memory_mib')]
    nodes.push({ cpuMillis, memoryMebibytes, gpus, model: gpus === 0 ? '' : model.text })
  })
  return issues.length > 0 ? left(issues) : right(nodes)
}

/** The pods of the trace, or everything that is wrong with the table. */
export const readOpenbPods = ({ file, text }: TraceText): Either<readonly LocatedIssue[], readonly OpenbPod[]> => {
  const { issues, refuse } = collect(file)
  const pods: OpenbPod[] = []
  const names = new Set<string>()
  readRows(text, POD_COLUMNS, refuse, (row) => {
    const name = row.cell('name')
    if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(name.text)) refuse(name, `"${name.text}" is no name of a pod`)
    else if (names.has(name.text)) refuse(name, `there is another pod "${name.text}"`)
    names.add(name.text)
    const qos = row.text('qos') as OpenbQos
    if (!QOS.includes(qos)) refuse(row.cell('qos'), `expected one of ${QOS.join(', ')}, found "${qos}"`)
    const phase = row.text('pod_phase') as OpenbPod['phase']
    if (!PHASES.includes(phase)) refuse(row.cell('pod_phase'), `expected one of ${PHASES.join(', ')}, found "${phase}"`)
    const gpus = row.whole('num_gpu')
    const gpuMilli = row.whole('gpu_milli')
    if (gpuMilli > 1_000) refuse(row.cell('gpu_milli'), 'more than 1000 thousandths of a GPU')
    else if (gpus > 1 && gpuMilli !== 1_000)
      refuse(row.cell('gpu_milli'), `${gpus} GPUs are whole ones: expected 1000, found ${gpuMilli}`)
    else if (gpus > 0 && gpuMilli === 0) refuse(row.cell('gpu_milli'), 'nothing of its GPU')
    else if (gpus === 0 && gpuMilli > 0) refuse(row.cell('num_gpu'), 'a share of no GPU')
    const createdAt = row.whole('creation_time')
    const deletedAt = row.whole('deletion_time')
    if (deletedAt < createdAt) refuse(row.cell('deletion_time'), 'it is deleted before it is created')
    const scheduledAt = row.text('scheduled_time') === '' ? undefined : row.whole('scheduled_time')
    if (scheduledAt !== undefined && scheduledAt < createdAt)
      refuse(row.cell('scheduled_time'), 'it is scheduled before it is created')
    pods.push({
      name: name.text,
      cpuMillis: row.whole('cpu_milli'),
      memoryMebibytes: row.whole('memory_mib'),
      gpus,
      gpuMilli,
      models: row
        .text('gpu_spec')
        .split('|')
        .filter((model) => model !== ''),
      qos,
      phase,
      createdAt,
      deletedAt,
      scheduledAt,
    })
  })
  return issues.length > 0 ? left(issues) : right(pods)
}
