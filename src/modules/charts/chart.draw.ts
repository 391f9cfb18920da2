import type { EChartsOption } from 'echarts'
import { type ChartTheme, fonts, paletteOf, plain } from './chart.theme.ts'

/** The drawing library is large: it is loaded when the first picture is asked for. */
const load = async () => {
  const [{ init, use }, charts, components, { SVGRenderer }] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ])
  use([
    charts.LineChart,
    charts.BarChart,
    components.GridComponent,
    components.LegendComponent,
    components.TitleComponent,
    SVGRenderer,
  ])
  return init
}
let loading: ReturnType<typeof load> | undefined

export type Picture = {
  title: string
  subtitle: string
  /** What somebody who cannot see it is told. */
  description: string
  width: number
  height: number
  theme: ChartTheme
  option: EChartsOption
}

/** Room for the labels of the axes inside the given margins. */
export const within = { outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' } as const

/**
 * Draws a picture as SVG text: a fixed view box, its own ground, fonts of the machine, no script, no link, and title and
 * description for those who cannot see it. The same picture is the same text.
 */
export const draw = async ({
  title,
  subtitle,
  description,
  width,
  height,
  theme,
  option,
}: Picture): Promise<string> => {
  const init = await (loading ??= load())
  const { ground, text, muted } = paletteOf(theme)
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({
      animation: false,
      backgroundColor: ground,
      textStyle: { fontFamily: fonts },
      title: {
        text: plain(title, 62),
        subtext: plain(subtitle, 110),
        left: 20,
        top: 14,
        itemGap: 6,
        textStyle: { color: text, fontSize: 18, fontWeight: 600 },
        subtextStyle: { color: muted, fontSize: 13 },
      },
      ...option,
    })
    return told(chart.renderToSVGString(), plain(title, 200), plain(description, 1_000))
  } finally {
    chart.dispose()
  }
}

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) as number};`)

/** Without what the library adds for a pointer to hover over, and without the count it keeps of its pictures in ids. */
const told = (svg: string, title: string, description: string): string =>
  svg
    .replaceAll(/<style[^>]*>[\s\S]*?<\/style>\s*/g, '')
    .replaceAll(/ (?:class="zr[^"]*"|pointer-events="visible")/g, '')
    .replaceAll(/\bzr\d+-/g, 'z-')
    .replace('<svg ', '<svg role="img" aria-labelledby="title description" ')
    .replace(
      '>',
      `>\n<title id="title">${escaped(title)}</title>\n<desc id="description">${escaped(description)}</desc>`,
    )
