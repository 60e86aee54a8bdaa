-- Tracking identifiers (Article 13) and the audit trail. Both are written once: rows are chained by hashes and cannot be changed or removed.
create function access.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is written once: % is refused', tg_table_schema || '.' || tg_table_name, lower(tg_op) using errcode = 'insufficient_privilege';
end $$;

-- What is followed under an identifier, and the end of its chain.
create table access.tracking (
  id text primary key check (id ~ '^NSDI-1[0-9]{3}-[2-9A-HJKMNP-RT-Y]{4}-[2-9A-HJKMNP-RT-Y]{4}-[2-9A-HJKMNP-RT-Y]$'),
  kind text not null check (kind ~ '^[a-z][a-z-]+$'), -- submission, …
  agency_id bigint references access.agency, -- whose it is; null: of none
  state text not null,
  events int not null check (events > 0),
  head bytea not null, -- hash of the last event
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index tracking_agency on access.tracking (agency_id, created_at);

-- The end moves on with each event; what was said at the beginning stays, and nothing goes.
create function access.keep_tracking() returns trigger language plpgsql as $$
begin
  if (new.id, new.kind, new.agency_id, new.created_at) is distinct from (old.id, old.kind, old.agency_id, old.created_at) or new.events <> old.events + 1 then
    raise exception 'access.tracking % goes on by one event at a time', old.id using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger tracking_goes_on before update on access.tracking for each row execute function access.keep_tracking();
create trigger tracking_stays before delete on access.tracking for each row execute function access.refuse_change();
create trigger tracking_is_kept before truncate on access.tracking for each statement execute function access.refuse_change();

create table access.tracking_event (
  tracking text not null references access.tracking deferrable initially deferred,
  seq int not null check (seq > 0),
  at timestamptz not null,
  state_from text not null, -- '' for the first
  state_to text not null check (state_to <> ''),
  person_id bigint not null, -- who did it; 0: no person, such as nsdi itself or the command line
  key_id bigint not null, -- and with which key; 0: none
  actor text not null, -- the name as it was then
  actor_agency text not null,
  responsible_person text not null,
  unit_fa text not null, -- responsible for the next step
  unit_en text not null,
  note_fa text not null,
  note_en text not null,
  prev bytea not null, -- hash of the event before; empty for the first
  hash bytea not null check (length(hash) = 32),
  primary key (tracking, seq)
);
create trigger tracking_event_stays before update or delete on access.tracking_event for each row execute function access.refuse_change();
create trigger tracking_event_is_kept before truncate on access.tracking_event for each statement execute function access.refuse_change();

-- Null: the submission came in before there were identifiers.
alter table layers.submission add column tracking text unique references access.tracking;

create table access.audit (
  seq bigint primary key check (seq > 0),
  at timestamptz not null,
  event text not null check (event ~ '^[a-z][a-z-]+$'), -- sign-in, refusal, export, publication, permission, …
  outcome text not null check (outcome in ('done', 'refused')),
  person_id bigint not null, -- 0: no person
  key_id bigint not null, -- 0: no key
  name text not null,
  agency text not null, -- code; of the person or key, or whose the resource is
  action text not null,
  resource text not null,
  territory text not null,
  tracking text not null,
  address text not null, -- where the request came from
  detail text not null,
  prev bytea not null,
  hash bytea not null check (length(hash) = 32)
);
create index audit_at on access.audit (at);
create index audit_event on access.audit (event, seq);
create index audit_agency on access.audit (agency, seq);
create trigger audit_stays before update or delete on access.audit for each row execute function access.refuse_change();
create trigger audit_is_kept before truncate on access.audit for each statement execute function access.refuse_change();

-- The end of the trail. Whoever writes an entry locks this row until the transaction ends.
create table access.audit_head (
  single boolean primary key default true check (single),
  seq bigint not null,
  hash bytea not null
);
insert into access.audit_head (seq, hash) values (0, '');
create function access.keep_audit_head() returns trigger language plpgsql as $$
begin
  if new.seq <> old.seq + 1 then
    raise exception 'access.audit_head goes on by one entry at a time' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger audit_head_goes_on before update on access.audit_head for each row execute function access.keep_audit_head();
create trigger audit_head_stays before delete on access.audit_head for each row execute function access.refuse_change();
create trigger audit_head_is_kept before truncate on access.audit_head for each statement execute function access.refuse_change();

---- create above / drop below ----

drop table access.audit_head, access.audit;
alter table layers.submission drop column tracking;
drop table access.tracking_event, access.tracking;
drop function access.keep_audit_head, access.keep_tracking, access.refuse_change;
