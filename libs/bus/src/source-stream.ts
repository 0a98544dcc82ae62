import { subjects } from '@muster/contracts';

import type { Source } from './marks.js';

/** The stream that a source lies in. */
export function streamOf(source: Source): 'EVENTS' | 'FLEET' | 'OUTPUT' {
  if (source.kind === 'event') return 'EVENTS';
  return source.topic === 'output' ? 'OUTPUT' : 'FLEET';
}

/** The subjects of a source. */
export function filterOf(source: Source): string {
  return source.kind === 'event'
    ? subjects.event('*', '*', source.event.service, source.event.what)
    : subjects.fleet('*', source.topic);
}
