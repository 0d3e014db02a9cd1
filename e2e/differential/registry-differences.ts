import { all, asked, both, type Rule, statuses } from './rule.ts';

/** Fields of the registry that only one of the two answers with. */
export const REGISTRY_FIELDS = [
  {
    place: /^\.webhook\.previous_secret_expires_at$/,
    why: 'A secret that was replaced goes on signing for a day, and until when is said.',
  },
];

/** In the registry. */
export const REGISTRY: readonly Rule[] = [
  {
    endpoint: /^POST model-versions\/create$/,
    when: all(both(/The (run_id|model_id) request parameter must identify/, /^(200|404)/), asked(/runs:|models:/)),
    why:
      'A source that names a run or a logged model says by itself whose it is; MLflow 3.17 wants it said again. ' +
      'What it names is still looked for.',
  },
  {
    endpoint: /^POST model-versions\/create$/,
    when: both(/'source' cannot use the '\w+' scheme/, /^200/),
    why: "A source may be on any host: unlike MLflow's server, Millrace connects to none that a client names.",
  },
  {
    endpoint: /^GET registered-models\/search$/,
    when: all(asked(/"max_results","-1"/), statuses(200, 400)),
    why: 'A negative page size is refused as in every other search.',
  },
  {
    endpoint: /^GET (registered-models|model-versions)\/search$/,
    when: all(asked(/`name`/), statuses(400, 200)),
    why: 'Attributes may stand in backticks, as keys of tags may.',
  },
  {
    endpoint: /^GET model-versions\/search$/,
    when: all(both(/Invalid value for numeric attribute/, /^200/), asked(/1\.5|1e0/)),
    why: 'Numbers are compared as numbers, however they are written.',
  },
  {
    endpoint: /^GET webhooks$/,
    when: ({ at }) => at.startsWith('.webhooks'),
    why: 'The list of all webhooks has those that only one of the two has accepted.',
  },
];
