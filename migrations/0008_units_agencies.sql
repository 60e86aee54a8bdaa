-- The country, its 31 provinces (codes of ISO 3166-2), and the agencies that Articles 23-27 name.
insert into layers.admin_unit (code, official_code, level, name_fa, name_en, name_key, parent_code)
values
  ('IR', null, 'country', 'ایران', 'Iran', 'ایران', null),
  ('IR-00', '100', 'province', 'مرکزی', 'Markazi', 'مرکزی', 'IR'),
  ('IR-01', '101', 'province', 'گیلان', 'Gilan', 'گیلان', 'IR'),
  ('IR-02', '102', 'province', 'مازندران', 'Mazandaran', 'مازندران', 'IR'),
  ('IR-03', '103', 'province', 'آذربایجان شرقی', 'East Azerbaijan', 'اذربایجان شرقی', 'IR'),
  ('IR-04', '104', 'province', 'آذربایجان غربی', 'West Azerbaijan', 'اذربایجان غربی', 'IR'),
  ('IR-05', '105', 'province', 'کرمانشاه', 'Kermanshah', 'کرمانشاه', 'IR'),
  ('IR-06', '106', 'province', 'خوزستان', 'Khuzestan', 'خوزستان', 'IR'),
  ('IR-07', '107', 'province', 'فارس', 'Fars', 'فارس', 'IR'),
  ('IR-08', '108', 'province', 'کرمان', 'Kerman', 'کرمان', 'IR'),
  ('IR-09', '109', 'province', 'خراسان رضوی', 'Razavi Khorasan', 'خراسان رضوی', 'IR'),
  ('IR-10', '110', 'province', 'اصفهان', 'Isfahan', 'اصفهان', 'IR'),
  ('IR-11', '111', 'province', 'سیستان و بلوچستان', 'Sistan and Baluchestan', 'سیستان و بلوچستان', 'IR'),
  ('IR-12', '112', 'province', 'کردستان', 'Kurdistan', 'کردستان', 'IR'),
  ('IR-13', '113', 'province', 'همدان', 'Hamadan', 'همدان', 'IR'),
  ('IR-14', '114', 'province', 'چهارمحال و بختیاری', 'Chaharmahal and Bakhtiari', 'چهارمحال و بختیاری', 'IR'),
  ('IR-15', '115', 'province', 'لرستان', 'Lorestan', 'لرستان', 'IR'),
  ('IR-16', '116', 'province', 'ایلام', 'Ilam', 'ایلام', 'IR'),
  ('IR-17', '117', 'province', 'کهگیلویه و بویراحمد', 'Kohgiluyeh and Boyer-Ahmad', 'کهگیلویه و بویراحمد', 'IR'),
  ('IR-18', '118', 'province', 'بوشهر', 'Bushehr', 'بوشهر', 'IR'),
  ('IR-19', '119', 'province', 'زنجان', 'Zanjan', 'زنجان', 'IR'),
  ('IR-20', '120', 'province', 'سمنان', 'Semnan', 'سمنان', 'IR'),
  ('IR-21', '121', 'province', 'یزد', 'Yazd', 'یزد', 'IR'),
  ('IR-22', '122', 'province', 'هرمزگان', 'Hormozgan', 'هرمزگان', 'IR'),
  ('IR-23', '123', 'province', 'تهران', 'Tehran', 'تهران', 'IR'),
  ('IR-24', '124', 'province', 'اردبیل', 'Ardabil', 'اردبیل', 'IR'),
  ('IR-25', '125', 'province', 'قم', 'Qom', 'قم', 'IR'),
  ('IR-26', '126', 'province', 'قزوین', 'Qazvin', 'قزوین', 'IR'),
  ('IR-27', '127', 'province', 'گلستان', 'Golestan', 'گلستان', 'IR'),
  ('IR-28', '128', 'province', 'خراسان شمالی', 'North Khorasan', 'خراسان شمالی', 'IR'),
  ('IR-29', '129', 'province', 'خراسان جنوبی', 'South Khorasan', 'خراسان جنوبی', 'IR'),
  ('IR-30', '130', 'province', 'البرز', 'Alborz', 'البرز', 'IR');

insert into access.agency (code, kind, name_fa, name_en)
values
  ('planning', 'ministry', 'معاونت برنامه‌ریزی و نظارت راهبردی', 'Vice-presidency for strategic planning and supervision'),
  ('ncc', 'cartographic-centre', 'سازمان نقشه‌برداری کشور', 'National Cartographic Center'),
  ('registry', 'registry', 'سازمان ثبت اسناد و املاک کشور', 'Registry organisation for deeds and properties'),
  ('post', 'post', 'شرکت ملی پست', 'National Post Company'),
  ('interior', 'ministry', 'وزارت کشور', 'Ministry of Interior'),
  ('forests', 'ministry', 'سازمان منابع طبیعی و آبخیزداری کشور', 'Natural Resources and Watershed Management Organization'),
  ('ports', 'ministry', 'سازمان بنادر و دریانوردی', 'Ports and Maritime Organization'),
  ('statistics', 'ministry', 'مرکز آمار ایران', 'Statistical Centre of Iran'),
  ('committee', 'committee', 'کمیته راهبری SDI', 'SDI steering committee');

---- create above / drop below ----

delete from access.agency;
delete from layers.admin_unit;
