/** CloudEvents 1.0, structured JSON, with the extensions partitionkey, sequence and distributed tracing. */
export type CloudEvent = {
  readonly specversion: '1.0';
  /** UUIDv7; the same in every delivery of the event. */
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly partitionkey: string;
  /** Grows with every event of the same key. */
  readonly sequence: string;
  readonly traceparent?: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** Events of equal key reach consumers in the order given here. */
export type EventPublisher = {
  /** Resolves when every event is stored durably; after a failure any part of them may have been. */
  readonly publish: (topic: string, events: readonly CloudEvent[]) => Promise<void>;
  /** Throws while events cannot be published. */
  readonly check: () => Promise<void>;
};

export type Subscription = {
  /** Processes of one group share the events; each group sees all. */
  readonly group: string;
  readonly topic: string;
  /**
   * Called one event at a time per key, at least once each. What it throws makes the event come again, and after so many
   * `attempts` go to the dead letters; while something it needs is away (an outage, or an error that says to try again) there is no end to that.
   */
  readonly handle: (event: CloudEvent) => Promise<void>;
  /** 10 unless given. */
  readonly attempts?: number;
  /** Where a group begins that has never been here: the oldest event there is, unless given. */
  readonly since?: 'earliest' | 'latest';
};

export type EventConsumer = {
  /** Starts consuming from the oldest event the group has not finished; a new group, where `since` says. */
  readonly subscribe: (subscription: Subscription) => Promise<void>;
};
