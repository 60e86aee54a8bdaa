-- Snapshots of all figures, once a week and on demand. What is written stays: neither the program nor the owner changes or removes a row.
create table progress.snapshot (
  id int primary key, -- without gaps
  week date unique, -- the Saturday that begins it; null: taken on demand
  day date not null, -- in Iran
  taken_at timestamptz not null,
  taken_by text not null, -- a person's name, operator or nsdi
  note text not null default '',
  change_id bigint not null, -- how far in the change log the figures were
  rule_set int not null, -- of the rules by which deliveries are checked
  method int not null, -- of the calculation
  units int not null,
  prev bytea not null, -- digest of the snapshot before: none can be slipped in between
  digest bytea not null
);

-- What a figure is about, and what 100 % is: the same for most units in most weeks, so it is kept once.
create table progress.basis (
  id int generated always as identity primary key,
  hash bytea not null unique,
  obligation text not null references progress.obligation,
  measure text not null,
  unit text,
  state text not null,
  reason_fa text,
  reason_en text,
  approved_by text,
  source_fa text,
  source_en text,
  sources jsonb not null
);

-- The figures of one unit, a row a unit, so that a curve is read from a few rows. Of each basis there are five values: denominator, delivered, validated, published, fresh.
create table progress.snapshot_row (
  snapshot_id int not null references progress.snapshot deferrable initially deferred, -- written after its rows, whose digest it has
  admin_code text not null, -- the unit may be gone one day
  basis int[] not null,
  value double precision[] not null check (cardinality(value) = 5 * cardinality(basis)),
  primary key (admin_code, snapshot_id)
) with (toast_tuple_target = 128); -- what is delivered, validated and published is often the same number: rows are compressed
alter table progress.snapshot_row alter column value set storage main, alter column basis set storage main;
create index snapshot_row_snapshot on progress.snapshot_row using brin (snapshot_id) with (pages_per_range = 8, autosummarize = on);

create trigger written_once before update or delete on progress.snapshot for each row execute function access.refuse_change();
create trigger written_once before update or delete on progress.snapshot_row for each row execute function access.refuse_change();
create trigger written_once before update or delete on progress.basis for each row execute function access.refuse_change();
create trigger never_emptied before truncate on progress.snapshot for each statement execute function access.refuse_change();
create trigger never_emptied before truncate on progress.snapshot_row for each statement execute function access.refuse_change();
create trigger never_emptied before truncate on progress.basis for each statement execute function access.refuse_change();

-- What the rows of a snapshot say, in one number: each unit's figures with what their bases say, in an order and a form that no setting changes.
create function progress.snapshot_rows_digest(snapshot int) returns bytea language sql stable set extra_float_digits = 1 as $$
  select sha256(coalesce(string_agg(sha256(convert_to(r.admin_code || ' ' || r.value::text, 'UTF8') || (
      select coalesce(string_agg(b.hash, '' order by u.n), '')
      from unnest(r.basis) with ordinality u (id, n)
      join progress.basis b on b.id = u.id
    )), '' order by r.admin_code collate "C"), ''))
  from progress.snapshot_row r
  where r.snapshot_id = snapshot
$$;

-- What a basis says, in one number.
create function progress.basis_hash(obligation text, measure text, unit text, state text, reason_fa text, reason_en text, approved_by text, source_fa text, source_en text, sources jsonb)
returns bytea language sql immutable as $$
  select sha256(convert_to(jsonb_build_array(obligation, measure, unit, state, reason_fa, reason_en, approved_by, source_fa, source_en, sources)::text, 'UTF8'))
$$;

grant select, insert on progress.snapshot, progress.basis, progress.snapshot_row to nsdi_application;

---- create above / drop below ----

drop table progress.snapshot_row, progress.basis, progress.snapshot;
drop function progress.snapshot_rows_digest, progress.basis_hash;
