export type DemoAlignment = { child: string; weight?: number; relation?: 'supports' } & (
  | { parent: string }
  | { parentKeyResult: string }
)

/** Who contributes to whom, four levels deep; one edge only supports, one feeds a key result. */
export const alignments: readonly DemoAlignment[] = [
  { child: 'sales-machine', parent: 'grow', weight: 2 },
  { child: 'demo-signups', parent: 'grow' },
  { child: 'service-quality', parent: 'grow' },
  { child: 'efficiency', parent: 'grow' },
  { child: 'costs', parent: 'grow', weight: 0.5 },
  { child: 'quality', parent: 'grow', relation: 'supports' },
  { child: 'motivation', parent: 'engagement', weight: 2 },
  { child: 'training', parentKeyResult: 'learning' },
  { child: 'penetration', parent: 'sales-machine' },
  { child: 'visibility', parent: 'demo-signups' },
  { child: 'new-markets', parent: 'demo-signups', weight: 0.5 },
  { child: 'support', parent: 'service-quality' },
  { child: 'speed', parent: 'quality' },
  { child: 'safety', parent: 'efficiency' },
  { child: 'qualify', parent: 'penetration', weight: 0.5 },
  { child: 'forms', parent: 'visibility' },
  { child: 'answers', parent: 'support' },
  { child: 'queries', parent: 'speed' },
]
