-- Everything a search can order or compare by lies in an index that begins with the experiment and ends with
-- (recency, run_id), the order of runs where nothing else is asked for. So a search reads the rows it answers, not the runs
-- there are. Recency is minus the start: ascending, the latest run comes first.

alter table run add recency bigint generated always as (-start_time_ms) stored;
drop index run_by_start;
create index run_by_recency on run (experiment_id, recency, run_id) include (deleted_ms);

-- What is logged to a run repeats the run's recency, which never changes.
alter table latest_metric add recency bigint;
alter table param add recency bigint;
alter table run_tag add recency bigint;
update latest_metric l set recency = r.recency from run r where r.run_id = l.run_id;
update param p set recency = r.recency from run r where r.run_id = p.run_id;
update run_tag t set recency = r.recency from run r where r.run_id = t.run_id;
alter table latest_metric alter recency set not null;
alter table param alter recency set not null;
alter table run_tag alter recency set not null;

-- Keys and values are ordered by code point, whatever the database was created with.
alter table param alter key type text collate "C", alter value type text collate "C";
alter table run_tag alter key type text collate "C", alter value type text collate "C";

create index latest_metric_by_value on latest_metric (experiment_id, key_id, value, recency, run_id);

-- An entry of an index has room for 2704 bytes. Long texts are compared by their beginning first.
create index param_by_value on param (experiment_id, key, value, recency, run_id) where octet_length(value) <= 500;
create index param_by_long_value on param (experiment_id, key, left(value, 100)) where octet_length(value) > 500;
create index run_tag_by_value on run_tag (experiment_id, key, value, recency, run_id) where octet_length(value) <= 500;
create index run_tag_by_long_value on run_tag (experiment_id, key, left(value, 100)) where octet_length(value) > 500;
-- otherwise a third of all texts would be taken for long
create statistics param_length on octet_length(value) from param;
create statistics run_tag_length on octet_length(value) from run_tag;
