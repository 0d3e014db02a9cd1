import { randomInt } from 'node:crypto';

const ADJECTIVES =
  'able agile amber bold brave brisk calm clear clever crisp deft eager early fair fleet fond fresh gentle glad golden grand happy honest jolly keen kind lively lucid lucky mellow merry mild neat nimble noble proud quick quiet rapid sharp silent smooth snowy solid steady sunny swift tidy vivid warm wise witty';
const NOUNS =
  'alder aspen badger beacon birch brook canal cedar comet coral crane creek delta dune eagle ember falcon fern finch fjord forest garnet glade grove harbor hawk heron island lake larch lark linden lotus maple marsh meadow mill moss oak ocean otter pebble pine plover quail rapid raven reef ridge river robin shore sparrow spring stone stork tern thistle tide valley weir willow wren';

const adjectives = ADJECTIVES.split(' ');
const nouns = NOUNS.split(' ');

/** `adjective-noun-123`, at most 20 characters; not unique. */
export function randomName(): string {
  const pick = (words: readonly string[]) => words[randomInt(words.length)] ?? '';
  return `${pick(adjectives)}-${pick(nouns)}-${randomInt(1000)}`;
}
