/** Colours of the charts: told apart by lightness alone, so that they survive grey printing and colour blindness. */
export const palette = {
  ink: '#1d2b33',
  quiet: '#5c6b73',
  rule: '#d5dce0',
  accent: '#0b5471',
  target: '#6b7a82',
  band: '#cfe0e8',
  /** dark to light, for stacked parts */
  parts: ['#0b3c53', '#3f87a6', '#b4d2df', '#e3edf1'],
} as const;
