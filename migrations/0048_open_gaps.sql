-- A gap between datasets is one finding, of however many parcels. Its rows stay pair by pair, since a publication looks at the pairs of what it wrote; gap is what they are
-- told by together: the id of the first of them.
select set_config('nsdi.agency', 'all', true);
alter table cadastre.open_finding add column gap bigint;
update cadastre.open_finding f
set gap = g.gap
from (
  select id, min(id) over (partition by dataset_id, cluster) as gap
  from (
    select id, dataset_id, public.st_clusterdbscan(geom, 1e-7, 1) over (partition by dataset_id) as cluster
    from cadastre.open_finding
    where rule = 'gap'
  ) c
) g
where g.id = f.id;
create index open_finding_gap on cadastre.open_finding (gap) where gap is not null;
grant update (gap) on cadastre.open_finding to nsdi_application;

---- create above / drop below ----

drop index cadastre.open_finding_gap;
alter table cadastre.open_finding drop column gap;
