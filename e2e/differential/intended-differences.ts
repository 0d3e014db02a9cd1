import { REGISTRY, REGISTRY_FIELDS } from './registry-differences.ts';
import {
  ACCEPTED,
  ANY,
  all,
  asked,
  both,
  DATABASE,
  FITTING,
  MISFIT,
  ours,
  type Rule,
  statuses,
  theirs,
  UNKNOWN,
} from './rule.ts';

export type { Rule };

/** Fields that only one of the two answers with; everything else in those answers is still compared. */
export const KNOWN_FIELDS: readonly { readonly place: RegExp; readonly why: string }[] = [
  {
    place: /^\.experiments?(\[\])?\.workspace$/,
    why: 'MLflow 3.17 names the workspace of an experiment; the API that Millrace follows is that of 3.11.',
  },
  ...REGISTRY_FIELDS,
];

/** Strict where MLflow keeps a part of a request. */
const STRICT: readonly Rule[] = [
  {
    endpoint: ANY,
    when: all(
      ours(MISFIT),
      (difference) => !ours(FITTING)(difference),
      (difference) => [ACCEPTED, DATABASE, UNKNOWN].some((answer) => theirs(answer)(difference)),
    ),
    why:
      'A value that does not fit its field is refused and the field named, before anything is looked up. MLflow ' +
      'keeps what comes before it in the request, gives the other fields their defaults, and says nothing. This ' +
      'includes names that an enum does not have.',
  },
  {
    endpoint: ANY,
    when: both(/^(200|400 BAD_REQUEST)/, /^400 \w+: Missing value for required parameter '\w+\[\d+\]\./),
    why: 'An element of a list without its key is refused; MLflow stores it under the key "".',
  },
  {
    endpoint: /^GET logged-models\//,
    when: ours(/^400 \w+: Invalid boolean value/),
    why: 'Whatever is neither true nor false is refused in every query string; here MLflow counts it as false.',
  },
  {
    endpoint: /^POST runs\/(log-metric|log-parameter|log-batch)$/,
    when: all(asked(/a\\\\n|a\\n/), statuses(200, 400)),
    why: 'A key may not end in a line break; that MLflow takes it is an accident of its regular expression.',
  },
  {
    endpoint: /^POST runs\/log-metric$/,
    when: ours(/Must be between -\(2\^53 - 1\)/),
    why: 'Steps and timestamps are limited to what every JSON reader keeps exactly.',
  },
  {
    endpoint: /^POST experiments\/create$/,
    when: all(asked(/folder;x/), statuses(200, 400)),
    why:
      'A `;` in an artifact location is refused with every scheme, not only where Python splits it off: it has ' +
      'hidden paths before (CVE-2024-1593).',
  },
  {
    endpoint: /^POST logged-models\/search$/,
    when: both(ACCEPTED, /^400 \w+: Invalid value -?\d+ for parameter 'max_results'/),
    why:
      'A negative page size is refused as in every other search; MLflow answers an empty page with a token that ' +
      'leads backwards.',
  },
  {
    endpoint: /^PATCH logged-models\/<\w+>\/tags$/,
    when: both(ACCEPTED, /^404/),
    why: 'A deleted model is not there for tags either.',
  },
];

/** Wide where MLflow refuses without need, or what a retry repeats. */
const WIDE: readonly Rule[] = [
  {
    endpoint: /^POST (runs\/outputs|logged-models\/<\w+>\/params)$/,
    when: both(DATABASE, ACCEPTED),
    why: 'Logging again what is there already is no error: clients repeat requests whose answer was lost.',
  },
  {
    endpoint: /^(PATCH|POST) logged-models\/<\w+>(\/params)?$/,
    when: all(ours(ACCEPTED), theirs(/^(400|404).*(model_id|Logged model)/s)),
    why:
      'The model is the one in the path, which is what permission is asked for; a `model_id` in the body need ' +
      'not repeat it.',
  },
  {
    endpoint: /^POST runs\/log-batch$/,
    when: all(asked(/run_uuid/), statuses(400, 200)),
    why:
      '`run_uuid` is another name of `run_id` everywhere; in MLflow it passes the check here and is then not ' +
      'read.',
  },
  {
    endpoint: /^POST (runs|experiments)\/search$/,
    when: all(asked(/ OR |params\.p-x|name like/), both(/^400/, ACCEPTED)),
    why:
      'Filters have OR, NOT and parentheses, keywords in any case, and dashes in keys; what MLflow accepts means ' +
      'the same.',
  },
  {
    endpoint: /^POST runs\/search$/,
    when: all(both(/duplicate fields/, ACCEPTED)),
    why: 'Ordering twice by the same changes nothing and is no failure.',
  },
  {
    endpoint: /^POST runs\/create$/,
    when: all(asked(/Application\/JSON/), statuses(400, 200)),
    why: 'Media types are compared without regard to case.',
  },
];

/** Other words for the same refusal. */
const WORDS: readonly Rule[] = [
  {
    endpoint: ANY,
    when: ({ mlflow, millrace }) =>
      typeof mlflow.body === 'string' && [400, 404, 405].includes(mlflow.status) && mlflow.status === millrace.status,
    why: 'Unknown paths, wrong verbs and downloads without a path are answered in JSON.',
  },
  {
    endpoint: ANY,
    when: both(/^500/, /^(200|400 INVALID_PARAMETER_VALUE)/),
    why:
      'MLflow fails inside where a null stands for nothing, where text holds a number, and at some mistakes of ' +
      "the caller's. Millrace reads the first two as everywhere and tells the third.",
  },
  {
    endpoint: /^POST runs\/create$/,
    when: ours(/The request must be a JSON object/),
    why: 'What is JSON but no object is refused as such.',
  },
  {
    endpoint: /^POST runs\/create$/,
    when: all(asked(/experimentId/), ours(/Missing value/)),
    why: 'Fields have one name; MLflow takes camelCase in some places and not in others.',
  },
  {
    endpoint: /^POST experiments\/create$/,
    when: both(/RESOURCE_ALREADY_EXISTS.*experiment_tags/s, /Duplicate tag keys/),
    why: 'A tag that is given twice is told from a name that is taken.',
  },
  {
    endpoint: /^POST experiments\/update$/,
    when: both(DATABASE, /RESOURCE_ALREADY_EXISTS/),
    why: 'Renaming to a name that is taken has the code that creating has.',
  },
  {
    endpoint: /^POST logged-models(\/<\w+>\/params)?$/,
    when: both(DATABASE, /Duplicate parameter keys|Changing param values/),
    why: 'Params of logged models are refused with the words and the code of those of runs.',
  },
  {
    endpoint: /^POST runs\/log-metric$/,
    when: both(DATABASE, /^404 RESOURCE_DOES_NOT_EXIST: Logged model/),
    why: 'A logged model that is not there is told so, not by a foreign key of the database.',
  },
  {
    endpoint: /^POST runs\/log-metric$/,
    when: all(asked(/NaN, /), ours(/Missing value/)),
    why: 'A bare NaN is no JSON, and what is no JSON counts as an empty object.',
  },
];

/** What each server is, and does, by itself. */
const ITSELF: readonly Rule[] = [
  {
    endpoint: /server-info$/,
    when: ({ at }) => /^\.(features_enabled\.gateway|presigned_upload_\w+|trace_\w+|multipart_\w+)$/.test(at),
    why: 'Millrace says what it has: no gateway.',
  },
  {
    endpoint: /^GET metrics\/get-history-bulk-interval$/,
    when: ({ at }) => at === '.metrics.length',
    why:
      'Sampled histories have the same steps for all runs, and each run its first and last, as in MLflow 3.11; ' +
      'newer servers sample each run by itself.',
  },
  {
    endpoint: /^POST experiments\/set-experiment-tag$/,
    when: ours(/exceeds the maximum length of 5000/),
    why: 'Tags of experiments hold 5,000 characters, as in MLflow 3.11; 3.17 allows 20,000.',
  },
  {
    endpoint: /^(POST runs|GET registered-models|GET model-versions)\/search$/,
    when: all(asked(/(params|tags)\. = /), statuses(200, 400)),
    why: 'A filter that compares the key "" is refused: nothing has it.',
  },
];

export const INTENDED: readonly Rule[] = [...STRICT, ...WIDE, ...WORDS, ...ITSELF, ...REGISTRY];

/** Where MLflow is right, or newer. Who puts one right takes its rule out, or the test fails. */
export const OPEN: readonly Rule[] = [
  {
    endpoint: /^(POST runs|GET registered-models|GET model-versions)\/search$/,
    when: all(asked(/it''s/), statuses(200, 400)),
    why: "Two quotes inside a quoted text belong to it: 'it''s' is one text, with both.",
  },
  {
    endpoint: /^POST experiments\/search$/,
    when: all(asked(/experiment_id = /), statuses(200, 400)),
    why: 'MLflow 3.17 finds experiments by experiment_id.',
  },
  {
    endpoint: /^POST runs\/log-metric$/,
    when: both(/Both dataset_name and dataset_digest must be provided/, ACCEPTED),
    why: 'MLflow 3.17 refuses a data set that is only half named.',
  },
];
