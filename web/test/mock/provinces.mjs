// The 31 provinces by ISO 3166-2 with a point each; their shapes are made up from these points.
export const provinces = [
  ['IR-00', 'مرکزی', 'Markazi', 49.8, 34.3], ['IR-01', 'گیلان', 'Gilan', 49.5, 37.2], ['IR-02', 'مازندران', 'Mazandaran', 52.4, 36.4],
  ['IR-03', 'آذربایجان شرقی', 'East Azerbaijan', 46.7, 38.0], ['IR-04', 'آذربایجان غربی', 'West Azerbaijan', 45.2, 37.4],
  ['IR-05', 'کرمانشاه', 'Kermanshah', 46.7, 34.4], ['IR-06', 'خوزستان', 'Khuzestan', 48.7, 31.4], ['IR-07', 'فارس', 'Fars', 53.0, 29.3],
  ['IR-08', 'کرمان', 'Kerman', 57.3, 29.8], ['IR-09', 'خراسان رضوی', 'Razavi Khorasan', 59.0, 35.7], ['IR-10', 'اصفهان', 'Isfahan', 52.3, 33.1],
  ['IR-11', 'سیستان و بلوچستان', 'Sistan and Baluchestan', 60.7, 28.3], ['IR-12', 'کردستان', 'Kurdistan', 47.0, 35.6],
  ['IR-13', 'همدان', 'Hamadan', 48.6, 34.9], ['IR-14', 'چهارمحال و بختیاری', 'Chaharmahal and Bakhtiari', 50.6, 32.1],
  ['IR-15', 'لرستان', 'Lorestan', 48.4, 33.5], ['IR-16', 'ایلام', 'Ilam', 46.9, 33.2], ['IR-17', 'کهگیلویه و بویراحمد', 'Kohgiluyeh and Boyer-Ahmad', 50.8, 30.8],
  ['IR-18', 'بوشهر', 'Bushehr', 51.3, 28.7], ['IR-19', 'زنجان', 'Zanjan', 48.3, 36.5], ['IR-20', 'سمنان', 'Semnan', 54.6, 35.5],
  ['IR-21', 'یزد', 'Yazd', 55.0, 32.0], ['IR-22', 'هرمزگان', 'Hormozgan', 56.5, 27.4], ['IR-23', 'تهران', 'Tehran', 51.6, 35.5],
  ['IR-24', 'اردبیل', 'Ardabil', 48.1, 38.6], ['IR-25', 'قم', 'Qom', 51.0, 34.7], ['IR-26', 'قزوین', 'Qazvin', 49.8, 36.0],
  ['IR-27', 'گلستان', 'Golestan', 55.2, 37.3], ['IR-28', 'خراسان شمالی', 'North Khorasan', 57.1, 37.5], ['IR-29', 'خراسان جنوبی', 'South Khorasan', 58.6, 32.9],
  ['IR-30', 'البرز', 'Alborz', 50.9, 36.0],
].map(([code, name_fa, name_en, lon, lat]) => ({ code, name_fa, name_en, lon, lat }))
