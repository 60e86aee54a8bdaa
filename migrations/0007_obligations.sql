-- The twelve obligations of Articles 23-27 and their rows of Annex C.
insert into progress.obligation
  (code, article, annex_c_row, title_fa, title_en, responsible_fa, responsible_en, scope, deadline_years, planned_1393_h1, planned_1393_h2, deliverable, measure, position)
values
  ('A23', '23', 23, 'ایجاد منظومه ملی اطلاعات مکان محور (NSDI)', 'National Spatial Data Infrastructure', 'معاونت برنامه‌ریزی و نظارت راهبردی', 'Vice-presidency for strategic planning and supervision', 'country', null, 40, 30, 'system', 'none', 1),
  ('A23-N2', '23 note 2', 24, 'تهیه و ارائه و به‌روزرسانی اطلاعات مکان محور دستگاه‌ها', 'Agencies hand over and keep current their spatial data', 'همه دستگاه‌های اجرایی', 'Every executive agency', 'agency', 2, 30, 20, 'data and updates', 'layers', 2),
  ('A24-URBAN', '24', 25, 'نقشه‌های یک پانصدم و یک دوهزارم شهرها', 'Base maps 1:500 and 1:2000 of cities', 'سازمان نقشه‌برداری کشور', 'National Cartographic Center', 'cities', 2, 30, 30, 'maps', 'area', 3),
  ('A24-REST', '24', null, 'نقشه‌های باقی کشور', 'Base maps of the rest of the country', 'سازمان نقشه‌برداری کشور', 'National Cartographic Center', 'country outside cities', 3, null, null, 'maps', 'area', 4),
  ('A25-URBAN', '25', 26, 'کاداستر شهری', 'Urban cadastre', 'سازمان ثبت اسناد و املاک کشور', 'Registry organisation for deeds and properties', 'cities', 2, 30, 30, 'maps and database', 'area', 5),
  ('A25-RURAL', '25', 26, 'کاداستر روستایی', 'Rural cadastre', 'سازمان ثبت اسناد و املاک کشور', 'Registry organisation for deeds and properties', 'rural settlements and farmland', 3, 30, 30, 'maps and database', 'area', 6),
  ('A25-RANGE-FOREST', '25', 26, 'کاداستر مراتع و جنگل‌ها', 'Rangeland and forest cadastre', 'سازمان ثبت اسناد و املاک کشور', 'Registry organisation for deeds and properties', 'rangeland and forest', 4, 30, 30, 'maps and database', 'area', 7),
  ('A25-MARINE', '25', 26, 'کاداستر دریایی', 'Marine cadastre', 'سازمان ثبت اسناد و املاک کشور', 'Registry organisation for deeds and properties', 'territorial waters', 4, 30, 30, 'maps and database', 'area', 8),
  ('A25-INQUIRY', '21 note 2', 11, 'خدمات استعلام الکترونیکی املاک و کاداستر', 'Property inquiry services', 'سازمان ثبت اسناد و املاک کشور', 'Registry organisation for deeds and properties', 'country', null, 30, 30, 'inquiry service', 'none', 9),
  ('A26-LAYERS', '26', 27, 'لایه‌های اطلاعات مکان محور قلمرو وظایف شهری و SDI شهری', 'Municipal duty layers and urban SDI', 'وزارت کشور و همه شهرداری‌ها', 'Ministry of Interior and every municipality', 'municipality', null, 30, 30, 'layers and system', 'layers', 10),
  ('A27-GNAF', '27', 28, 'نشانی پستی کلیه اماکن کشور مبتنی بر GNAF', 'GNAF-based postal address of every place', 'شرکت ملی پست', 'National Post Company', 'every place', 2, 20, 20, 'addresses offered to the public', 'count', 11),
  ('A27-INQUIRY', '21 note 2', 16, 'خدمات استعلام کد پستی و GNAF', 'Postal code and address inquiry services', 'شرکت ملی پست', 'National Post Company', 'country', null, 30, 30, 'inquiry service', 'none', 12);

---- create above / drop below ----

delete from progress.obligation;
