-- W3C's place in the trace of the call that made the event, for the deliveries that follow from it.
alter table webhook_message add column traceparent text;
