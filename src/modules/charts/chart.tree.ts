import type { TreeNode } from '../tree/tree.schema.ts'
import { type Bar, barsPicture } from './chart.bars.ts'
import { type ChartTheme, type Palette, paletteOf } from './chart.theme.ts'

const percent = (progress: number | null): string => (progress === null ? '–' : `${Math.round(progress * 100)} %`)

const healthColor = (palette: Palette, health: string): string => {
  if (health === 'on_track' || health === 'achieved') return palette.green
  if (health === 'at_risk' || health === 'stale') return palette.amber
  return health === 'off_track' ? palette.red : palette.grey
}

const said = ({ progress, health, reason }: TreeNode): string =>
  [percent(progress), health.effective.replaceAll('_', ' '), ...(reason === null ? [] : ['not counted'])].join(' · ')

/** A picture with more of them could not be read; the rest is counted. */
const mostNodes = 60

/** An objective with what is aligned below it: progress and health of each, in words and colours. */
export const treePicture = (root: TreeNode, truncated: boolean, theme: ChartTheme): Promise<string> => {
  const palette = paletteOf(theme)
  const bars: Bar[] = []
  let left = 0
  const visit = (node: TreeNode, depth: number): void => {
    if (bars.length >= mostNodes) left++
    else
      bars.push({
        name: node.title,
        depth,
        value: node.progress,
        color: healthColor(palette, node.health.effective),
        said: said(node),
      })
    left += node.hidden.count
    for (const child of node.children) visit(child, depth + 1)
  }
  visit(root, 0)
  const rest = left > 0 || truncated ? ` · ${left}${truncated ? ' or more' : ''} not shown` : ''
  const subtitle = `${said(root)}${rest}`
  return barsPicture({
    title: root.title,
    subtitle,
    description: `${subtitle}. ${root.children.map((child) => `${child.title}: ${said(child)}`).join('. ')}`,
    theme,
    bars,
    marks: { 0: '0 %', 100: '100 %' },
  })
}
