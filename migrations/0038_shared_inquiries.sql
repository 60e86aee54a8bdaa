-- The record of inquiries is one for all services that are asked. An identifier stands for one question for 24 hours: whoever writes looks at the last 24 hours, and
-- where two processes do so at once, the key by day keeps them from writing both.
alter table cadastre.inquiry set schema access;
alter table access.inquiry
  add column day date not null generated always as ((at at time zone 'UTC')::date) stored,
  add column end_user bytea check (length(end_user) = 32), -- hash of for whom an agency asked; null: not said
  drop constraint inquiry_caller_request_key;
create unique index inquiry_caller_request on access.inquiry (caller, request, day);

---- create above / drop below ----

drop index access.inquiry_caller_request;
alter table access.inquiry
  drop column day,
  drop column end_user,
  add unique (caller, request);
alter table access.inquiry set schema cadastre;
