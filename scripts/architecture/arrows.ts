/** A line with a head, from box to box, through points. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Corners, from end to end: `<x>,<y>` each. */
  readonly path: string;
  /** What is said there, and where. */
  readonly label?: readonly [text: string, x: number, y: number];
}

/** What calls what. Those of functions are what their roles allow (`test/infrastructure/architecture.test.ts`). */
export const ARROWS: readonly Arrow[] = [
  { from: 'person', to: 'page', path: '130,76 130,140' },
  { from: 'program', to: 'api', path: '380,76 380,140' },
  { from: 'topics', to: 'readers', path: '870,140 870,76', label: ['e-mail', 880, 128] },
  { from: 'page', to: 'sign-in', path: '130,232 130,290', label: ['leads to', 140, 266] },
  { from: 'page', to: 'api', path: '230,186 280,186' },
  { from: 'api', to: 'sign-in', path: '300,232 300,262 255,262 255,326 230,326', label: ['keys', 262, 280] },
  { from: 'api', to: 'api-functions', path: '400,232 400,290' },
  { from: 'api-functions', to: 'machine', path: '480,320 493,320 493,170 530,170' },
  { from: 'api-functions', to: 'tables', path: '380,458 380,494 758,494 758,446 770,446' },
  { from: 'machine', to: 'state-functions', path: '630,232 630,290' },
  { from: 'machine', to: 'topics', path: '730,186 770,186' },
  { from: 'machine', to: 'events', path: '530,192 505,192 505,510 420,510 420,540' },
  { from: 'state-functions', to: 'ai', path: '730,318 770,318' },
  { from: 'state-functions', to: 'tables', path: '730,420 770,420' },
  { from: 'events', to: 'event-functions', path: '480,600 530,600' },
  { from: 'events', to: 'queues', path: '400,632 400,674' },
  { from: 'event-functions', to: 'queues', path: '580,632 580,702 480,702' },
  { from: 'machine', to: 'event-functions', path: '730,214 743,214 743,560 730,560', label: ['failed', 749, 534] },
  { from: 'event-functions', to: 'machine', path: '530,566 517,566 517,214 530,214' },
  { from: 'event-functions', to: 'tables', path: '680,540 680,510 870,510 870,474' },
  { from: 'event-functions', to: 'archive', path: '730,586 770,586' },
  { from: 'event-functions', to: 'topics', path: '690,632 690,650 980,650 980,200 970,200' },
  { from: 'monitoring', to: 'topics', path: '130,632 130,660 986,660 986,172 970,172', label: ['alarms', 140, 654] },
];
