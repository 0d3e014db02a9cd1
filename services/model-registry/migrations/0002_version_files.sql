-- Which versions stand on the files below a directory is asked before those are freed. Sources are written in many ways for
-- the same place, so they are compared in one form.

create function percent_decoded(encoded text) returns text language plpgsql immutable strict parallel safe as $$
begin
  if position('%' in encoded) = 0 then return encoded; end if;
  return (
    select convert_from(string_agg(
      case when length(m.piece[1]) = 3 then decode(substr(m.piece[1], 2), 'hex') else convert_to(m.piece[1], 'UTF8') end,
      ''::bytea order by m.position), 'UTF8')
    from regexp_matches(encoded, '%[0-9a-fA-F]{2}|.', 'g') with ordinality as m (piece, position));
exception when character_not_in_repertoire or untranslatable_character then return encoded;
end $$;

-- Of what the artifact proxy serves, the path; of anything else, the address.
create function file_path(uri text) returns text language sql immutable strict parallel safe
  return trim(both '/' from regexp_replace(percent_decoded(regexp_replace(regexp_replace(uri,
    '^(mlflow-artifacts:(//[^/]*)?|https?://[^?#]*?/mlflow-artifacts/artifacts(?=/|$))', ''), '[?#].*$', '')), '/{2,}', '/', 'g'));

-- Only the beginning: the longest sources are too long for an index.
create index model_version_by_files on model_version
  (workspace_id, (left(file_path(coalesce(storage_location, source)), 600) collate "C")) where deleted_ms is null;
