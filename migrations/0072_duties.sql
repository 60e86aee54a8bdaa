-- When each inquiry service last answered, as far as inquiries were looked at; '' is when that was. The record of inquiries is long, so only what is new is read.
create table progress.inquiry_service (
  service text primary key,
  answered_at timestamptz not null,
  seen bigint not null -- id of the last inquiry
);
grant select, insert, update on progress.inquiry_service to nsdi_application;

update progress.obligation set measure = 'layers' where code = 'A23';
update progress.obligation set measure = 'count' where code in ('A25-INQUIRY', 'A27-INQUIRY');
delete from layers.follower where name = 'progress';

---- create above / drop below ----

delete from progress.figure where obligation in ('A23', 'A23-N2', 'A25-INQUIRY', 'A27-INQUIRY');
delete from progress.agency_figure where obligation = 'A23-N2';
update progress.obligation set measure = 'none' where code in ('A23', 'A25-INQUIRY', 'A27-INQUIRY');
drop table progress.inquiry_service;
delete from layers.follower where name = 'progress';
