import { describe, expect, it } from '@jest/globals';
import { file_sample_v1_events, ThingChangedSchema, ThingVanishedSchema } from '@millrace/proto/test/sample/v1/events';
import { EverythingSchema } from '@millrace/proto/test/sample/v1/sample';
import { declaredEvents, eventType } from '../src/events/event-type.ts';

describe('the type of an event', () => {
  it('is the one that its message has in the contract', () => {
    expect(eventType(ThingChangedSchema)).toBe('thing.changed');
    expect(declaredEvents(file_sample_v1_events).map(({ type }) => type)).toEqual(['thing.changed']);
  });

  it('cannot be had from a message that is no event, or only planned', () => {
    expect(() => eventType(EverythingSchema)).toThrow('sample.v1.Everything is not an event that can be emitted');
    expect(() => eventType(ThingVanishedSchema)).toThrow('sample.v1.ThingVanished');
  });
});
