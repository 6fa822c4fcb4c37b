import { existsSync, readdirSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { createFolder } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path, read } = folder
afterAll(folder.remove)

const NODES = 'sn,cpu_milli,memory_mib,gpu,model\nn0,96000,393216,8,G2\n'
const PODS = `name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
a,12000,16384,8,1000,,LS,Succeeded,0,3600,0
b,6000,12288,1,460,,BE,Failed,60,120,60
`
const files = () => [write('nodes.csv', NODES), write('pods.csv', PODS)] as const

describe('import openb', () => {
  it('writes a scenario that runs, with a table of arrivals', async () => {
    const said = await wavetank('import', 'openb', ...files(), '-o', path('openb'))
    expect(said).toEqual({
      code: 0,
      out: 'openb/scenario.yaml: 1 nodes, 2 pods that arrive\nnext: wavetank run openb/scenario.yaml\n',
      err: '',
    })
    expect(readdirSync(path('openb'))).toEqual(['pods.csv', 'scenario.yaml'])
    const ran = await wavetank('run', path('openb/scenario.yaml'), '--log', path('run.ndjson'))
    expect(ran).toMatchObject({ code: 0, err: '' })
    // All eight GPUs are taken for an hour, so that the share waits.
    expect(ran.out).toContain(
      'default/b since 1m0.014s: 0/1 nodes are available: 1 Insufficient alibabacloud.com/gpu-milli.',
    )
  })

  it('cuts and scales', async () => {
    const cut = ['--from', '30s', '--scale', '0.5', '--pods', '1', '--gpu-shares', 'whole', '-q']
    const said = await wavetank('import', 'openb', ...files(), '-o', path('cut'), ...cut)
    expect(said).toEqual({ code: 0, out: '', err: '' })
    expect(read('cut/pods.csv').split('\n').slice(1)).toEqual([
      'a,0,1785s,well,LS,latency-sensitive,12,16Gi,12,16Gi,8,,',
      '',
    ])
  })

  it('says what is wrong with the tables, and writes nothing', async () => {
    const nodes = write('wrong.csv', NODES.replace('96000', 'many'))
    const said = await wavetank('import', 'openb', nodes, files()[1], '-o', path('none'))
    expect(said).toEqual({
      code: 2,
      out: '',
      err: 'wrong.csv:2:4 error WT041 expected a whole number, found "many"\n1 error, 0 warnings\n',
    })
    expect(existsSync(path('none'))).toBe(false)
  })

  it('says what is wrong with the command', async () => {
    const [nodes, pods] = files()
    const open = async (...args: readonly string[]) => (await wavetank('import', 'openb', ...args)).err
    expect(await open(nodes, path('gone.csv'), '-o', path('x'))).toContain('gone.csv: no such file')
    expect(await open(nodes, pods, '-o', path('x'), '--from', '2h')).toContain(
      'no pod of pods.csv is there in that time',
    )
    expect(await open(nodes, pods, '-o', path('x'), '--from', '2h', '--until', '1h')).toContain('not after --from')
    expect(await open(nodes, pods, '-o', path('x'), '--scale', '0')).toContain('a number above 0')
    expect(await open(nodes, pods, '-o', path('x'), '--gpu-shares', 'half')).toContain('milli, whole')
    write('taken/mine.txt', 'mine')
    expect(await open(nodes, pods, '-o', path('taken'))).toContain('it has mine.txt in it')
    expect(await open(nodes, pods, '-o', path('no/folder'))).toContain('the folder does not exist')
    expect(readdirSync(path('.')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})
