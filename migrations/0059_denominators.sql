-- What 100 % is, by decision of the committee: a number with its source and date, or that nothing is due in a unit, with the reason. Decisions are never changed; the newest counts.
alter table progress.denominator
  alter column amount drop not null,
  add column reason_fa text, -- why nothing is due
  add column reason_en text,
  add column decision text, -- number of the decision; null: it came before decisions were recorded
  add column decided_on date,
  add column body_fa text, -- who decided
  add column body_en text,
  add column set_at timestamptz not null default now(),
  add constraint denominator_says check ((amount is null) = (reason_fa is not null) and (reason_fa is null) = (reason_en is null));
revoke update, delete on progress.denominator from nsdi_application;

---- create above / drop below ----

delete from progress.denominator where amount is null;
alter table progress.denominator
  drop constraint denominator_says, drop column reason_fa, drop column reason_en, drop column decision, drop column decided_on, drop column body_fa, drop column body_en,
  drop column set_at, alter column amount set not null;
grant update, delete on progress.denominator to nsdi_application;
