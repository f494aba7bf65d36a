/** The flow goes one way: collect, stage, harmonise, indicators, objectives, alignment, report, seal. */
const flow = [
  'collect',
  'stage',
  'harmonise',
  'indicators',
  'frameworks',
  'objectives',
  'alignment',
  'review',
  'report',
  'seal',
];
const backward = flow.slice(0, -1).map((step, index) => ({
  name: `${step}-looks-ahead`,
  comment: `${step} may use the steps before it, never the ones after`,
  severity: 'error',
  from: { path: `^pipelines/${step}/` },
  to: { path: `^pipelines/(${flow.slice(index + 1).join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...backward,
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'connector-stands-alone',
      comment:
        'a connector imports its own folder and the files that connectors share; the list imports the connectors',
      severity: 'error',
      from: { path: '^connectors/([^/]+)/' },
      to: {
        path: '^(pipelines|data|test)/|^connectors/',
        pathNot: '^connectors/((?!index\\.ts$)[^/]+\\.ts$|$1/)',
      },
    },
    {
      name: 'connectors-know-no-pipeline',
      severity: 'error',
      from: { path: '^connectors/' },
      to: { path: '^(pipelines|templates|data|test)/' },
    },
    {
      name: 'pipelines-know-one-interface',
      comment: 'pipelines see connectors through the contract and the list',
      severity: 'error',
      from: { path: '^pipelines/' },
      to: { path: '^connectors/', pathNot: '^connectors/(connector|index)\\.ts$' },
    },
    {
      name: 'nothing-imports-test-templates-data',
      severity: 'error',
      from: { path: '^(connectors|pipelines)/' },
      to: { path: '^(test|templates|data)/' },
    },
    {
      name: 'only-the-run-and-the-commands-know-all-steps',
      severity: 'error',
      from: { path: '^pipelines/(configuration|warehouse)/' },
      to: { path: `^pipelines/(${flow.join('|')}|commands)/` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
