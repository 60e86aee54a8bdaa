package access

import (
	"slices"
	"time"

	"nsdi/internal/errs"
)

// Services answers the cards of all services that nsdi offers: the one place where they are. A route belongs to one of them, or the server says why it is no
// service.
func Services() []Service {
	first := time.Date(2026, 11, 22, 0, 0, 0, 0, Iran())
	committee := Unit{"committee", errs.T("کمیته راهبری SDI", "SDI steering committee")}
	ncc := Unit{"ncc", errs.T("سازمان نقشه‌برداری کشور", "National Cartographic Center")}
	registry := Unit{"registry", errs.T("سازمان ثبت اسناد و املاک کشور", "Registry organisation for deeds and properties")}
	post := Unit{"post", errs.T("شرکت ملی پست", "National Post Company")}
	interior := Unit{"interior", errs.T("وزارت کشور", "Ministry of Interior")}
	law := func(article, fa, en string) LegalGround { return LegalGround{"1392", article, errs.T(fa, en)} }
	sdi := law("23", "منظومه ملی اطلاعات مکان‌محور", "National Spatial Data Infrastructure")

	nobody := errs.T("ندارد؛ نام و نشانی پرسیده نمی‌شود.", "None; nobody is asked for a name.")
	nothing := errs.T("ندارد", "None")
	atOnce := errs.T("بی‌درنگ", "At once")
	inPerson := errs.T("ندارد؛ همه کار از راه شبکه انجام می‌شود.", "None; everything is done over the network.")
	published := errs.T("داده منتشرشده دستگاه‌ها", "What agencies published")
	everybody := errs.T("شهروندان، کسب‌وکارها و دستگاه‌های اجرایی", "Citizens, businesses and executive agencies")
	agencies := errs.T("دستگاه‌های اجرایی و پیمانکاران آنان", "Executive agencies and their contractors")

	source := errs.T("هنگام بازنشر، نام دستگاه متولی داده آورده شود.", "Who publishes the data again names the agency that delivered it.")
	noEvidence := errs.T("پاسخ نشان‌دهنده آخرین داده منتشرشده است و سند رسمی نیست.", "An answer shows what was published last, and is no official document.")
	fair := errs.T("پرسش بیش از سهمیه پاسخ ۴۲۹ می‌گیرد و پس از زمان گفته‌شده دوباره پذیرفته می‌شود.", "What exceeds the quota is answered by 429 and taken again after the time that is told.")
	noPassing := errs.T("دستگاه دریافت‌کننده حق واگذاری خدمت به دیگری را ندارد (ماده ۳۴).", "The agency that receives the service may not pass it on (Article 34).")
	recorded := errs.T("هر ورود و هر بار رد شدن ثبت می‌شود.", "Each sign-in and each refusal is recorded.")

	trafficOnly := errs.T("هر استعلام ثبت می‌شود: که، برای چه، اثر انگشت پرسش، شمار پاسخ، کد و زمان؛ محتوا نگه داشته نمی‌شود (ماده ۳۱).",
		"Each inquiry is recorded: who, what for, a hash of the question, the number of answers, code and time; its content is not kept (Article 31).")

	watched := errs.T("پرسیدن پیاپی کدها و پرسش‌هایی که بیشترشان پاسخی ندارد برای چند دقیقه بسته می‌شود.", "Going through codes, and questions that mostly have no answer, are closed for some minutes.")
	postalLaw := []LegalGround{law("27", "ارائه نشانی GNAF به همگان", "GNAF addresses offered to the public"), law("21 note 2", "خدمات استعلام الکترونیکی", "Electronic inquiry services"), law("31", "ثبت تبادل بی محتوا", "Record of traffic without content")}
	inquiryLaw := append(slices.Clone(postalLaw), law("34", "بهره‌برداری از خدمت دستگاه دیگر", "Use of another agency's service"))
	postGrant := errs.T("ورود یا کلید با نقش استعلام‌گیرنده، و مجوز شرکت ملی پست", "Sign-in, or a key, with the role of inquirer, and a grant of the National Post Company")

	// What all cards have in common.
	card := func(s Service) Service {
		s.Kind, s.InPerson, s.Version, s.Since = Governing, inPerson, "1.0", first
		if s.Agency.Code == "" {
			s.Agency = committee
		}
		for field, usual := range map[*errs.Text]errs.Text{&s.Users: everybody, &s.FromAgencies: published, &s.Identity: nobody, &s.Time: atOnce} {
			if field.IsZero() {
				*field = usual
			}
		}
		if s.Access == "" {
			s.Access = ForAll
		}
		return s
	}
	return []Service{
		card(Service{
			ID: "nsdi-map", Title: errs.T("نقشه و نماگر ملی", "National map and dashboard"),
			Description: errs.T("صفحه‌ای که لایه‌های منتشرشده، جست‌وجوی نشانی و پیشرفت تعهدها را نشان می‌دهد.", "The page that shows published layers, the address search and the progress of obligations."),
			Legal:       []LegalGround{sdi}, Needs: nothing, Units: []Unit{ncc, registry, post, interior},
			Routes: []string{"GET /"}, Formats: []string{"HTTPS", "HTML"}, Terms: []errs.Text{source, noEvidence},
		}),
		card(Service{
			ID: "nsdi-tiles", Title: errs.T("کاشی‌های برداری", "Vector tiles"),
			Description: errs.T("لایه‌های منتشرشده به صورت کاشی برداری، برای نمایش در هر نرم‌افزار نقشه.", "Published layers as vector tiles, for display in any map software."),
			Legal: []LegalGround{
				sdi, law("24", "نقشه‌های پایه", "Base maps"), law("25", "لایه کاداستر", "Cadastre layer"), law("26", "لایه‌های وظایف شهری", "Layers of municipal duties"),
			},
			Needs: errs.T("نام لایه و نشانی کاشی", "Layer and address of the tile"), Units: []Unit{ncc, registry, post, interior},
			Routes: []string{
				"GET /tiles/{layer}/{z}/{x}/{y}", "GET /tiles/{layer}/{matrix_set}/{z}/{y}/{x}", "GET /tiles/{layer}.json", "GET /styles/{layer}.json", "GET /v1/layers/{layer}/style",
				"GET /v1/layers/{layer}/style/versions",
			}, Formats: []string{"HTTPS", "Mapbox Vector Tile 2.1", "TileJSON 3.0.0"},
			Class: TileClass, Terms: []errs.Text{source, noEvidence, fair},
		}),
		card(Service{
			ID: "nsdi-styles", Title: errs.T("سبک نمایش لایه‌ها", "Styles of layers"),
			Description: errs.T("دستگاه رنگ، خط و برچسب لایه مجموعه‌داده خود را در نقشه می‌نویسد و نسخه‌ای پیشین را بازمی‌گرداند؛ لایه‌های ملی را کمیته راهبری.",
				"An agency writes how the layer of its dataset is drawn, and takes back an earlier version; for national layers the steering committee does."),
			Legal: []LegalGround{sdi}, Users: agencies, Access: ByRole, Needs: errs.T("سبک MapLibre نسخه ۸", "MapLibre style of version 8"),
			Identity: errs.T("ورود با نقش منتشرکننده یا سرپرست", "Sign-in with the role of publisher or administrator"), Units: []Unit{ncc, registry, post, interior},
			Routes: []string{"PUT /v1/layers/{layer}/style", "POST /v1/layers/{layer}/style/restore"}, Formats: []string{"HTTPS", "JSON"}, Class: DataClass,
			Terms: []errs.Text{recorded, errs.T("هر نسخه می‌ماند.", "Every version is kept.")},
		}),
		card(Service{
			ID: "nsdi-geocode", Title: errs.T("یافتن نشانی و کد پستی", "Address and postal code search"),
			Description: errs.T("مختصات نشانی، کد پستی یا مکان را با میزان اطمینان و دلیل آن می‌گوید.", "Tells the coordinates of an address, a postal code or a place, with a confidence and its reasons."),
			Legal:       []LegalGround{law("27", "ارائه نشانی GNAF به همگان", "GNAF addresses offered to the public")}, Needs: errs.T("متن نشانی، نام مکان یا کد پستی ده‌رقمی", "Text of an address, name of a place, or ten-digit postal code"),
			Units: []Unit{post}, Routes: []string{"GET /v1/geocode", "GET /v1/autocomplete", "GET /v1/places/{kind}/{id}", "POST /v1/geocode/batch"}, Formats: []string{"HTTPS", "GeocodeJSON", "CSV", "JSON lines"}, Class: SearchClass,
			Terms: []errs.Text{source, noEvidence, fair, errs.T("متن جست‌وجو نگه داشته نمی‌شود.", "What is searched for is not kept.")},
		}),
		card(Service{
			ID: "nsdi-geocode-files", Title: errs.T("یافتن نشانی‌های یک پرونده", "Addresses of a file"),
			Description: errs.T("ردیف‌های پرونده‌ای از نشانی‌ها را در پس‌زمینه می‌یابد و با میزان اطمینان بازمی‌گرداند؛ پرونده و نتیجه آن فقط برای سپارنده است و یک هفته می‌ماند.",
				"Looks up the rows of a file of addresses in the background, with confidences; file and result are for whoever handed it over only, and kept for a week."),
			Legal: []LegalGround{law("27", "ارائه نشانی GNAF به همگان", "GNAF addresses offered to the public")}, Access: ByRole,
			Needs: errs.T("پرونده CSV یا JSON خط به خط", "File, CSV or JSON lines"), Identity: errs.T("ورود یا کلید", "Sign-in, or a key"),
			Units: []Unit{post}, Routes: []string{"POST /v1/geocode/batches", "GET /v1/geocode/batches/{id}", "GET /v1/geocode/batches/{id}/file", "DELETE /v1/geocode/batches/{id}"},
			Formats: []string{"HTTPS", "CSV", "JSON lines"}, Class: DataClass, Terms: []errs.Text{source, noEvidence, fair},
		}),
		card(Service{
			ID: "nsdi-addresses", Title: errs.T("سیاهه نشانی‌ها", "Register of addresses"),
			Description: errs.T("هر پلاک با جای آن، متولیانی که آن را ادعا می‌کنند و پیشینه‌اش؛ هر معبر با نام‌های رسمی، پیشین و رایج آن. واحدها و کد پستی آن‌ها در آن نیست.",
				"Each site with its positions, the custodians that claim it and its history; each way with its official, former and colloquial names. Units and their codes are not in it."),
			Legal: []LegalGround{law("27", "ارائه نشانی GNAF به همگان", "GNAF addresses offered to the public")}, Needs: errs.T("شناسه نشانی یا معبر", "Id of an address or a way"),
			Units: []Unit{post}, Routes: []string{"GET /v1/addresses/{id}", "GET /v1/ways/{id}", "GET /v1/ways"}, Formats: []string{"HTTPS", "JSON"}, Class: DataClass,
			Terms: []errs.Text{source, noEvidence, fair},
		}),
		card(Service{
			ID: "nsdi-administration", Title: errs.T("اداره دستگاه‌ها، اشخاص و کلیدها", "Administration of agencies, people and keys"),
			Description: errs.T("سرپرست هر دستگاه اشخاص، نقش‌ها، کلیدهای API و واگذاری‌های آن را نگه می‌دارد؛ سرپرست کمیته راهبری همه دستگاه‌ها را.",
				"An agency's administrator keeps its people, roles, API keys and delegations; the steering committee's administrator keeps all agencies."),
			Legal: []LegalGround{sdi}, Users: agencies, Access: ByRole,
			Needs: errs.T("نام دستگاه، شخص یا برنامه", "Name of the agency, person or program"), Identity: errs.T("ورود با نقش سرپرست", "Sign-in with the role of administrator"),
			Units: []Unit{committee}, Routes: []string{
				"GET /v1/administration/agencies", "POST /v1/administration/agencies", "GET /v1/administration/people", "POST /v1/administration/people", "POST /v1/administration/people/{login}/roles",
				"POST /v1/administration/people/{login}/password", "POST /v1/administration/people/{login}/state", "GET /v1/administration/keys", "POST /v1/administration/keys",
				"POST /v1/administration/keys/{prefix}/revoke", "GET /v1/administration/delegations", "POST /v1/administration/delegations", "POST /v1/administration/delegations/{id}/revoke",
			}, Formats: []string{"HTTPS", "JSON"}, Class: DataClass,
			Terms: []errs.Text{recorded, errs.T("هر تغییر دسترسی ثبت می‌شود.", "Each change of what somebody may do is recorded.")},
		}),
		card(Service{
			ID: "nsdi-code-assignment", Title: errs.T("کمک به تخصیص کد پستی", "Help for assigning postal codes"),
			Description: errs.T("واحدهای بی‌کد، کدهایی که بر دو واحد است و شماره‌های آزاد هر بلوک؛ کدی بی تصمیم یک نفر تخصیص نمی‌یابد.",
				"Units without a code, codes that stand on two units, and free serials of a block; no code is assigned without a person's decision."),
			Legal: []LegalGround{law("27", "نشانی پستی هر مکان کشور", "A postal address for every place of the country")}, Users: agencies, Agency: post, Access: ByRole,
			Needs: errs.T("واحد تقسیماتی، محدوده یا پیش‌شماره بلوک", "Administrative unit, area, or prefix of a block"), Identity: errs.T("ورود یا کلید با نقشی در پست", "Sign-in, or a key, with a role in the Post"),
			Units: []Unit{post}, Routes: []string{"GET /v1/code-assignment/missing", "GET /v1/code-assignment/shared", "GET /v1/code-assignment/free"}, Formats: []string{"HTTPS", "JSON"}, Class: DataClass,
			Terms: []errs.Text{recorded},
		}),
		card(Service{
			ID: "nsdi-reverse", Title: errs.T("نشانی یک نقطه", "Address of a point"),
			Description: errs.T("نشانی‌های نزدیک یک نقطه و واحدهای تقسیماتی دربرگیرنده آن را می‌گوید؛ هرگز نام مالک را نمی‌گوید.", "Tells the addresses near a point and the administrative units that contain it; never an owner."),
			Legal:       []LegalGround{law("27", "ارائه نشانی GNAF به همگان", "GNAF addresses offered to the public")}, Needs: errs.T("طول و عرض جغرافیایی", "Longitude and latitude"),
			Units: []Unit{post, interior}, Routes: []string{"GET /v1/reverse"}, Formats: []string{"HTTPS", "GeocodeJSON"}, Class: SearchClass,
			Terms: []errs.Text{source, noEvidence, fair, errs.T("نقطه پرسیده‌شده نگه داشته نمی‌شود.", "The point that is asked for is not kept.")},
		}),
		card(Service{
			ID: "nsdi-catalogue", Title: errs.T("فهرست موضوع‌ها و مجموعه‌داده‌ها", "Catalogue of themes and datasets"),
			Description: errs.T("چه داده‌ای از کدام دستگاه هست، کی منتشر شده، آخرین تحویل چه وضعی دارد، و تحویل هر موضوع چه شکلی باید داشته باشد.",
				"Which data there is of which agency, when it was published, how the last delivery went, and what a delivery of each theme has to look like."),
			Legal: []LegalGround{sdi}, Needs: nothing, Units: []Unit{ncc, registry, post, interior},
			Routes: []string{
				"GET /v1/themes", "GET /v1/datasets", "GET /v1/themes/{theme}", "GET /v1/themes/{theme}/template.gpkg", "GET /v1/themes/{theme}/template.csv",
				"GET /v1/themes/{theme}/sample.gpkg", "GET /v1/themes/{theme}/sample.csv", "GET /v1/rules",
			},
			Formats: []string{"HTTPS", "JSON", "GeoPackage", "CSV"}, Class: DataClass, Terms: []errs.Text{source, fair},
		}),
		card(Service{
			ID: "nsdi-versions", Title: errs.T("نسخه‌های داده", "Versions of data"),
			Description: errs.T("هر نسخه منتشرشده یک مجموعه‌داده، عارضه‌های آن در هر تاریخ و تفاوت هر دو نسخه.", "Every published version of a dataset, its features at any date, and what differs between two versions."),
			Legal:       []LegalGround{sdi, law("25", "تبادل لایه کاداستر", "Exchange of the cadastre layer"), law("26", "تبادل لایه‌های شهری", "Exchange of municipal layers")},
			Needs:       errs.T("شماره مجموعه‌داده", "Number of the dataset"), Units: []Unit{ncc, registry, post, interior},
			Identity: errs.T("برای داده همگانی ندارد؛ داده محدود ورود یا کلید دستگاه خود را می‌خواهد.", "None for public data; restricted data needs sign-in or a key of its agency."),
			Routes: []string{
				"GET /v1/datasets/{id}", "GET /v1/datasets/{id}/versions", "GET /v1/datasets/{id}/features", "GET /v1/datasets/{id}/features/{key}", "GET /v1/datasets/{id}/compare", "GET /v1/datasets/{id}/compare.geojson",
			},
			Formats: []string{"HTTPS", "JSON", "GeoJSON (RFC 7946)"}, Class: DataClass, Terms: []errs.Text{source, noEvidence, fair},
		}),
		card(Service{
			ID: "nsdi-changes", Title: errs.T("سیاهه تغییرات", "Change feed"),
			Description: errs.T("هر افزودن، دگرگونی و حذف، به ترتیب انتشار؛ سامانه‌ای که آن را دنبال کند رونوشتی برابر نگه می‌دارد.",
				"Every addition, alteration and removal in the order of publications; a system that follows it keeps an equal copy."),
			Legal: []LegalGround{law("25", "تبادل لایه کاداستر", "Exchange of the cadastre layer"), law("26", "تبادل لایه‌های شهری", "Exchange of municipal layers")},
			Needs: errs.T("موضوع یا شماره مجموعه‌داده، و شماره آخرین تغییر دیده‌شده", "A theme or the number of a dataset, and the number of the last change that was seen"), Units: []Unit{ncc, registry, post, interior},
			Identity: errs.T("برای داده همگانی ندارد؛ داده محدود ورود یا کلید دستگاه خود را می‌خواهد.", "None for public data; restricted data needs sign-in or a key of its agency."),
			Routes:   []string{"GET /v1/themes/{theme}/changes", "GET /v1/datasets/{id}/changes"}, Formats: []string{"HTTPS", "JSON", "GeoJSON (RFC 7946)"}, Class: DataClass,
			Terms: []errs.Text{source, noEvidence, fair},
		}),
		card(Service{
			ID: "nsdi-files", Title: errs.T("پرونده‌های داده همگانی", "Files of public data"),
			Description: errs.T("هر نسخه یک مجموعه‌داده همگانی، یا همه داده یک موضوع در یک واحد تقسیماتی، در برگ‌های نقشه پایه یا در محدوده ترسیمی، به صورت GeoPackage، GeoJSON، FlatGeobuf، Shapefile یا CSV با برگ شناسنامه؛ بارگیری ناتمام ادامه می‌یابد.",
				"Any version of a public dataset, or what a theme has in an administrative unit, in sheets of the base map or in a drawn area, as GeoPackage, GeoJSON, FlatGeobuf, Shapefile or CSV with a provenance sheet; a broken download is resumed."),
			Legal: []LegalGround{sdi, law("24", "نقشه‌های پایه برای همه متقاضیان", "Base maps for all applicants")}, Needs: errs.T("شماره مجموعه‌داده یا موضوع و محدوده، و قالب", "Number of the dataset, or theme and area, and the format"),
			Units: []Unit{ncc, registry, post, interior}, Routes: []string{"GET /v1/datasets/{id}/download", "GET /v1/themes/{theme}/download", "POST /v1/themes/{theme}/download", "GET /v1/base-map-sheets", "GET /v1/exports/{id}", "GET /v1/exports/{id}/file"},
			Formats: []string{"HTTPS", "GeoPackage", "GeoJSON (RFC 7946)", "FlatGeobuf", "Shapefile", "CSV", "OpenAddresses", "G-NAF"}, Class: DataClass, Terms: []errs.Text{source, noEvidence, fair},
		}),
		card(Service{
			ID: "nsdi-rollback", Title: errs.T("بازگرداندن و پس‌گرفتن داده منتشرشده", "Rolling back and withdrawing published data"),
			Description: errs.T("دستگاه متولی نسخه پیشین داده خود را دوباره رسمی می‌کند یا آن را پس می‌گیرد؛ دلیل آن را همه می‌بینند.", "A custodian makes an older version of its data official again, or withdraws it; everybody sees why."),
			Legal:       []LegalGround{law("21 note 2", "مسئولیت متولی داده", "The custodian answers for its data")}, Users: agencies,
			Needs: errs.T("شماره نسخه و دلیل", "Number of the version, and the reason"), Access: ByRole, Identity: errs.T("ورود با نقش منتشرکننده", "Sign-in with the role of publisher"),
			Routes: []string{"POST /v1/datasets/{id}/rollback", "POST /v1/datasets/{id}/withdraw"}, Formats: []string{"HTTPS", "JSON"}, Class: DataClass, Terms: []errs.Text{recorded},
		}),
		card(Service{
			ID: "nsdi-admin-units", Title: errs.T("تقسیمات کشوری", "Administrative units"),
			Description: errs.T("استان‌ها تا محله‌ها با کد، نام، واحد بالاتر و گستره.", "Provinces down to neighbourhoods, with code, name, unit above and extent."),
			Legal:       []LegalGround{sdi}, Needs: nothing, Units: []Unit{interior},
			Routes: []string{"GET /v1/admin-units"}, Formats: []string{"HTTPS", "JSON"}, Class: DataClass, Terms: []errs.Text{source, noEvidence, fair},
		}),
		card(Service{
			ID: "nsdi-progress", Title: errs.T("پیشرفت تعهدها", "Progress of obligations"),
			Description: errs.T("اندازه انجام هر تعهد ماده‌های ۲۳ تا ۲۷ در کشور و استان‌ها، با صورت و مخرج و دلیل آنچه دانسته نیست.", "How far each obligation of Articles 23 to 27 is met, in the country and its provinces, with numerator, denominator, and the reason for what is unknown."),
			Legal: []LegalGround{
				sdi, {"1400", "4", errs.T("گزارش هفتگی پیشرفت", "Weekly report of progress")},
			},
			Needs: nothing, Units: []Unit{ncc, registry, post, interior}, Routes: []string{"GET /progress", "GET /v1/progress", "GET /v1/progress.csv", "GET /v1/progress.xlsx", "GET /v1/progress.geojson", "GET /v1/progress.pdf", "GET /v1/progress/feed.atom", "GET /v1/progress/plans", "GET /v1/progress/series", "GET /v1/progress/compare", "GET /v1/progress/overdue", "GET /v1/progress/reminders", "GET /v1/progress/snapshots", "GET /v1/progress/snapshots/{id}", "GET /v1/progress/denominators", "GET /v1/progress/denominators/layers", "GET /v1/progress/outlines", "GET /v1/progress/trace", "GET /v1/progress/trace.geojson", "GET /v1/progress/trace.csv"}, Formats: []string{"HTTPS", "HTML", "JSON", "CSV", "XLSX", "GeoJSON", "PDF", "Atom"}, Class: DataClass,
			Time: errs.T("بی‌درنگ؛ پس از هر انتشار در چند ثانیه تازه می‌شود", "At once; renewed within seconds of a publication"), Terms: []errs.Text{source, fair},
		}),
		card(Service{
			ID: "nsdi-plan", Title: errs.T("هدف‌های بازنگری‌شده و ثبت ارقام", "Revised targets and snapshots"),
			Description: errs.T("هدفی که کمیته با شماره تصمیم می‌گذارد کنار مهلت قانونی می‌ایستد و جای آن را نمی‌گیرد؛ هیچ نسخه‌ای پاک نمی‌شود.", "A target that the committee sets by a numbered decision stands beside the legal deadline and never replaces it; no version is removed. Figures are frozen for a meeting."),
			Legal:       []LegalGround{law("51", "اصلاح برنامه اجرایی", "Amendment of the plan")}, Access: ByRole,
			Users: errs.T("کمیته راهبری و کمیته‌های استانی", "The steering committee and provincial committees"), FromAgencies: nothing,
			Needs: errs.T("بند، واحد، شماره و روز تصمیم، گام‌ها", "Obligation, unit, number and day of the decision, milestones"), Identity: errs.T("ورود با نقش عضو کمیته", "Sign-in with the role of committee member"),
			Routes: []string{"POST /v1/progress/denominators", "POST /v1/progress/denominators/layers", "POST /v1/progress/plans", "POST /v1/progress/snapshots"}, Formats: []string{"HTTPS", "JSON"}, Class: DataClass, Terms: []errs.Text{recorded},
		}),
		card(Service{
			ID: "nsdi-track", Title: errs.T("پیگیری با شناسه", "Tracking"),
			Description: errs.T("وضعیت، زمان‌ها و واحد مسئول هر درخواست یا تحویل را با شناسه پیگیری آن می‌گوید.", "Tells state, dates and responsible unit of a request or delivery by its tracking identifier."),
			Legal:       []LegalGround{law("13", "شناسه پیگیری", "Tracking identifier")}, Needs: errs.T("شناسه پیگیری", "Tracking identifier"), FromAgencies: nothing,
			Identity: errs.T("ندارد؛ هر که شناسه را دارد وضعیت را می‌بیند و دستگاه صاحب آن همه چیز را.", "None; whoever has the identifier sees the state, and the agency whose it is sees everything."),
			Routes:   []string{"GET /v1/track/{id}"}, Formats: []string{"HTTPS", "JSON"}, Class: DataClass,
			Terms: []errs.Text{fair, errs.T("رویدادها هرگز تغییر نمی‌کند و پاک نمی‌شود.", "Events are never changed or removed.")},
		}),
		card(Service{
			ID: "nsdi-delivery", Title: errs.T("تحویل داده", "Delivery of data"),
			Description: errs.T("داده دستگاه را می‌خواند، بررسی می‌کند، گزارش خطا می‌دهد و آنچه را پذیرفته است منتشر می‌کند.", "Reads an agency's data, checks it, reports what is wrong, and publishes what is accepted."),
			Legal: []LegalGround{
				law("23 note 2", "تحویل و به‌روزرسانی داده دستگاه‌ها", "Delivery and updates of agencies' data"), law("26", "لایه‌های وظایف شهری", "Layers of municipal duties"),
			},
			Users: agencies, Needs: errs.T("فایل داده و نام موضوع", "File of the data and its theme"), FromAgencies: nothing, Access: ByRole,
			Identity: errs.T("ورود یا کلید با نقش بارگذار؛ دستگاهی که تحویل می‌دهد باید متولی آن موضوع در آن قلمرو باشد.", "Sign-in, or a key, with the role of uploader; the agency that delivers has to be the one for the theme and territory."),
			Time:     errs.T("بررسی بی‌درنگ آغاز می‌شود و شناسه پیگیری دارد", "Checks begin at once, under a tracking identifier"), Units: []Unit{ncc, registry, post, interior},
			Routes: []string{
				"GET /v1/uploads", "POST /v1/uploads", "HEAD /v1/uploads/{id}", "PATCH /v1/uploads/{id}", "DELETE /v1/uploads/{id}", "POST /v1/uploads/{id}",
				"POST /v1/datasets/{id}/features", "PUT /v1/datasets/{id}/features/{key}", "PATCH /v1/datasets/{id}/features/{key}", "DELETE /v1/datasets/{id}/features/{key}", "POST /v1/submissions", "GET /v1/submissions", "GET /v1/submissions/{tracking}", "GET /v1/submissions/{tracking}/diff", "GET /v1/submissions/{tracking}/diff.geojson",
				"GET /v1/submissions/{tracking}/files/{name}", "POST /v1/submissions/{tracking}/confirm", "POST /v1/submissions/{tracking}/submit",
				"POST /v1/submissions/{tracking}/review", "POST /v1/submissions/{tracking}/exceptions", "POST /v1/submissions/{tracking}/withdraw",
				"GET /v1/datasets/{id}/open-findings", "GET /v1/datasets/{id}/conflicts",
				"POST /v1/submissions/{tracking}/fixes", "GET /v1/submissions/{tracking}/findings", "GET /v1/submissions/{tracking}/findings.csv",
				"GET /v1/submissions/{tracking}/findings.xlsx", "GET /v1/submissions/{tracking}/findings.gpkg",
				"GET /v1/submissions/{tracking}/findings/tiles/{z}/{x}/{y}", "GET /v1/submissions/{tracking}/findings/tiles.json", "GET /v1/submissions/{tracking}/corrected.gpkg",
				"GET /v1/submissions/{tracking}/corrected.csv", "GET /v1/submissions/{tracking}/corrected.geojson",
			}, Class: UploadClass,
			Formats: []string{"HTTPS", "tus 1.0", "GeoPackage", "Shapefile", "GeoJSON", "CSV", "FlatGeobuf", "KML", "GML", "DXF", "DGN", "XLSX", "FileGDB"},
			Terms:   []errs.Text{errs.T("ردیف ردشده هیچ‌گاه داده منتشرشده را پاک نمی‌کند.", "A refused row never removes what is published."), errs.T("نام و تلفن مالکان پذیرفته نمی‌شود.", "Names and telephone numbers of owners are not taken in.")},
		}),
		card(Service{
			ID: "nsdi-sign-in", Title: errs.T("ورود و کلیدها", "Sign-in and keys"),
			Description: errs.T("کارکنان دستگاه‌ها با ورود یکپارچه یا حساب محلی وارد می‌شوند و برنامه‌های آنان با کلید API.", "Staff of agencies sign in by single sign-on or a local account, and their programs by an API key."),
			Legal: []LegalGround{
				{"1400", "5", errs.T("ورود یکپارچه", "Single sign-on")}, law("48", "امنیت بی‌آنکه مانع خدمت شود", "Security that is no bar to service"),
			},
			Users: agencies, Needs: errs.T("نام کاربری و گذرواژه، یا کلید", "Login and password, or a key"), FromAgencies: errs.T("نقش هر کس را سرپرست دستگاه او می‌دهد", "Roles, given by the agency's administrator"),
			Identity: errs.T("حساب را سرپرست دستگاه می‌سازد؛ هویت را سامانه ورود یکپارچه یا گذرواژه نشان می‌دهد.", "The agency's administrator makes the account; single sign-on or the password shows who it is."),
			Routes: []string{
				"GET /sign-in", "POST /sign-in", "GET /sign-in/provider", "GET " + CallbackPath, "GET /sign-out", "POST /sign-out", "GET /password", "POST /password", "GET /v1/me", "GET /v1/me/layers", "GET /v1/session",
			},
			Formats: []string{"HTTPS", "HTML", "OpenID Connect", "HTTP Basic", "JSON"},
			Terms:   []errs.Text{recorded, errs.T("گذرواژه و کلید شخصی است و به دیگری داده نمی‌شود.", "Passwords and keys are given to nobody else."), noPassing},
		}),
		card(Service{
			ID: "nsdi-access", Title: errs.T("درخواست دسترسی", "Requests for access"),
			Description: errs.T("دستگاه از متولی داده محدود دسترسی می‌خواهد؛ متولی می‌دهد، محدود می‌کند یا با دلیل رد می‌کند و هر بهره‌برداری ثبت می‌شود.",
				"An agency asks a custodian for restricted data, who grants, narrows or refuses it with a reason; each use is recorded."),
			Legal: []LegalGround{law("23 note 1", "روند دسترسی برنامه‌ریزان و متقاضیان", "Access procedure for planners and other applicants")}, Users: agencies,
			Needs:        errs.T("داده، هدف، مبنای قانونی و پایان دسترسی", "The data, purpose, legal ground and end of the access"),
			FromAgencies: errs.T("تصمیم متولی داده", "The decision of the custodian"), Access: ByRole,
			Identity: errs.T("ورود یا کلید دستگاه متقاضی یا متولی", "Sign-in or key of the agency that asks or decides"),
			Time:     errs.T("ثبت بی‌درنگ با شناسه پیگیری؛ تصمیم با متولی است", "Filed at once under a tracking identifier; the custodian decides"),
			Routes: []string{
				"POST /v1/access-requests", "GET /v1/access-requests", "GET /v1/access-requests/{tracking}", "POST /v1/access-requests/{tracking}/decision",
				"POST /v1/access-requests/{tracking}/withdraw", "POST /v1/access-requests/{tracking}/revoke", "GET /v1/grants",
			},
			Formats: []string{"HTTPS", "JSON"}, Class: DataClass, Terms: []errs.Text{recorded, noPassing, fair},
		}),
		card(Service{
			ID: "nsdi-download", Title: errs.T("بارگیری داده", "Downloads"),
			Description: errs.T("آخرین نسخه هر مجموعه‌داده، با نشانی امضاشده و کوتاه‌مدت؛ نام گیرنده در برگ شناسنامه می‌آید.", "The last version of a dataset, at a signed address that soon ends; the provenance sheet names who downloaded it."),
			Legal:       []LegalGround{sdi}, Needs: errs.T("شماره مجموعه‌داده و نسخه", "Number of the dataset and its version"),
			Identity: errs.T("برای داده همگانی ندارد؛ داده محدود ورود یا کلید و مجوز می‌خواهد.", "None for public data; restricted data needs sign-in or a key, and a grant."),
			Routes:   []string{"POST /v1/datasets/{id}/versions/{seq}/downloads", "GET /v1/downloads/{token}"},
			Formats:  []string{"HTTPS", "GeoPackage", "GeoJSON (RFC 7946)", "FlatGeobuf", "Shapefile", "CSV"}, Class: DataClass,
			Terms: []errs.Text{source, noEvidence, fair, errs.T("هر بارگیری ثبت می‌شود.", "Each download is recorded.")},
		}),
		card(Service{
			ID: "nsdi-parcels", Title: errs.T("قطعه‌های کاداستر", "Cadastral parcels"),
			Description: errs.T("قطعه را با پلاک، شناسه، نقطه یا محدوده می‌یابد، با همسایه‌ها، پیشینه، نشانی‌ها و ساختمان‌هایش؛ هرگز نام مالک را نمی‌گوید.",
				"Finds parcels by plate, identifier, point or box, with their neighbours, history, lineage, addresses and buildings; never an owner."),
			Legal:  []LegalGround{law("25", "لایه کاداستر", "Cadastre layer"), law("21 note 2", "خدمات استعلام الکترونیکی", "Electronic inquiry services"), law("31", "ثبت تبادل بی محتوا", "Record of traffic without content")},
			Needs:  errs.T("هدف، شناسه درخواست، و پلاک با بخش ثبتی، شناسه، نقطه یا محدوده", "Purpose, identifier of the request, and a plate with its section, an identifier, a point or a box"),
			Agency: registry, Units: []Unit{post},
			Routes: []string{
				"GET /v1/parcels", "GET /v1/parcels/by-plate", "GET /v1/parcels/by-identifier", "GET /v1/parcels/at", "GET /v1/parcels/{id}", "GET /v1/parcels/{id}/neighbours",
				"GET /v1/parcels/{id}/history", "GET /v1/parcels/{id}/lineage", "GET /v1/parcels/{id}/addresses", "GET /v1/parcels/{id}/buildings", "GET /v1/parcels/{id}/extract.pdf", "GET /v1/verify/{number}", "GET /parcels",
			},
			Formats: []string{"HTTPS", "JSON", "GeoJSON (RFC 7946)", "PDF"}, Class: SearchClass,
			Terms: []errs.Text{source, noEvidence, fair, trafficOnly},
		}),
		card(Service{
			ID: ParcelInquiry, Title: errs.T("استعلام قطعه‌های کاداستر", "Inquiry about cadastral parcels"),
			Description: errs.T("تا هزار پرسش در یک درخواست، با داده اداری قطعه مانند سند و روش برداشت؛ هرگز نام مالک را نمی‌گوید.",
				"Up to a thousand questions in one request, with administrative facts of parcels such as the deed and the survey; never an owner."),
			Legal: []LegalGround{law("21 note 2", "خدمات استعلام الکترونیکی", "Electronic inquiry services"), law("31", "ثبت تبادل بی محتوا", "Record of traffic without content"), law("34", "بهره‌برداری از خدمت دستگاه دیگر", "Use of another agency's service")},
			Users: agencies, Needs: errs.T("هدف، شناسه درخواست و پرسش‌ها", "Purpose, identifier of the request, and the questions"), Agency: registry, Access: ByGrant,
			Identity: errs.T("ورود یا کلید با نقش استعلام‌گیرنده، و مجوز سازمان ثبت", "Sign-in, or a key, with the role of inquirer, and a grant of the Registry"),
			Routes:   []string{"POST /v1/parcels/inquiries"}, Formats: []string{"HTTPS", "JSON"}, Class: SearchClass,
			Terms: []errs.Text{source, noPassing, fair, trafficOnly},
		}),
		card(Service{
			ID: "nsdi-postal-validate", Title: errs.T("درستی کد پستی", "Validation of a postal code"),
			Description: errs.T("جداگانه می‌گوید که قالب کد درست است، پیش‌شماره‌اش شناخته است، در داده هست و هنوز به کار است؛ و کدهای نزدیک به آن را پیشنهاد می‌کند.",
				"Tells separately whether the format is right, the prefix known, the code in the data and still in use; and suggests codes close to it."),
			Legal: postalLaw, Needs: errs.T("هدف، شناسه درخواست و کد", "Purpose, identifier of the request, and the code"), Agency: post,
			Routes: []string{"GET /v1/postal-codes/validate"}, Formats: []string{"HTTPS", "JSON"}, Class: InquiryA, Terms: []errs.Text{source, noEvidence, fair, trafficOnly, watched},
		}),
		card(Service{
			ID: "nsdi-postal-address", Title: errs.T("نشانی و جای کد پستی", "Address and position of a postal code"),
			Description: errs.T("نشانی یک کد پستی به صورت متن و جزءها، و نقطه آن؛ نام و تلفن هیچ‌کس در داده نیست.", "The address of a postal code as a line and in parts, and its point; the data holds nobody's name or telephone number."),
			Legal:       postalLaw, Needs: errs.T("هدف، شناسه درخواست و کد", "Purpose, identifier of the request, and the code"), Agency: post,
			Identity: errs.T("ندارد؛ مرکز قطعه (accurate) مجوز خدمت nsdi-postal-inquiry می‌خواهد.", "None; the middle of the parcel (accurate) needs a grant of nsdi-postal-inquiry."),
			Routes:   []string{"GET /v1/postal-codes/{code}", "GET /v1/postal-codes/{code}/position"}, Formats: []string{"HTTPS", "JSON"}, Class: InquiryB,
			Terms: []errs.Text{source, noEvidence, fair, trafficOnly, watched},
		}),
		card(Service{
			ID: "nsdi-postal-place", Title: errs.T("پلاک‌های نزدیک یک نقطه", "Sites near a point"),
			Description: errs.T("پلاک‌های تا ۵۰ متری یک نقطه؛ واحدها و کدهایشان با مجوز.", "Sites within 50 metres of a point; their units and codes by grant."),
			Legal:       postalLaw, Needs: errs.T("هدف، شناسه درخواست، طول و عرض جغرافیایی", "Purpose, identifier of the request, longitude and latitude"), Agency: post,
			Identity: errs.T("ندارد؛ واحدها (units) مجوز خدمت nsdi-postal-inquiry می‌خواهند.", "None; units need a grant of nsdi-postal-inquiry."),
			Routes:   []string{"GET /v1/postal-codes/at"}, Formats: []string{"HTTPS", "JSON"}, Class: InquiryC, Terms: []errs.Text{source, noEvidence, fair, trafficOnly},
		}),
		card(Service{
			ID: PostalInquiry, Title: errs.T("استعلام کد پستی و نشانی", "Inquiry about postal codes and addresses"),
			Description: errs.T("نشانی تا هزار کد در یک درخواست، کد پستی یک نشانی نوشته‌شده با میزان اطمینان، واحدهای نزدیک یک نقطه و مرکز قطعه.",
				"Addresses of up to a thousand codes in one request, postal codes of a written address with a confidence, units near a point, and the middle of the parcel."),
			Legal: inquiryLaw, Users: agencies, Needs: errs.T("هدف، شناسه درخواست و پرسش‌ها", "Purpose, identifier of the request, and the questions"), Agency: post, Access: ByGrant,
			Identity: postGrant, Routes: []string{"POST /v1/postal-codes/inquiries", "POST /v1/postal-codes/search", "POST /v1/post/{subject}/{service}"}, Formats: []string{"HTTPS", "JSON"}, Class: InquiryB,
			Terms: []errs.Text{source, noPassing, fair, trafficOnly, watched},
		}),
		card(Service{
			ID: BuildingInquiry, Title: errs.T("واحدهای یک ساختمان", "Units of a building"),
			Description: errs.T("همه واحدها و کدهای ساختمانی که یک کد پستی یا نشانی در آن است، با آنچه هر متولی درباره آن‌ها می‌گوید.", "All units and codes of the building in which a postal code or an address is, with what each custodian says of them."),
			Legal:       inquiryLaw, Users: agencies, Needs: errs.T("هدف، شناسه درخواست، و کد یا شناسه نشانی", "Purpose, identifier of the request, and the code or the id of an address"), Agency: post, Access: ByGrant,
			Identity: postGrant, Routes: []string{"GET /v1/postal-codes/{code}/building", "GET /v1/addresses/{id}/units"}, Formats: []string{"HTTPS", "JSON"}, Class: InquiryD,
			Terms: []errs.Text{source, noPassing, fair, trafficOnly, watched},
		}),
		card(Service{
			ID: PostalCertificate, Title: errs.T("گواهی کد پستی", "Certificates of postal codes"),
			Description: errs.T("گواهی شماره‌دار و امضاشده تا پنج هزار کد پستی به صورت PDF با نقشه و رمزینه، با مدت اعتبار؛ هر کس آن را در ‎/v1/verify‎ می‌سنجد.",
				"Numbered, signed certificates of up to five thousand postal codes as PDF with a sketch map and a code, for a time; everybody verifies them at /v1/verify."),
			Legal: inquiryLaw, Users: agencies, Needs: errs.T("هدف، شناسه درخواست و کدها", "Purpose, identifier of the request, and the codes"), Agency: post, Access: ByGrant,
			Identity: postGrant,
			Routes:   []string{"POST /v1/postal-codes/certificates", "GET /v1/postal-codes/certificate-orders/{id}", "GET /v1/postal-codes/certificate-orders/{id}/file", "GET /v1/postal-codes/certificates/{number}.pdf", "POST /v1/postal-codes/certificates/{number}/revoke"},
			Formats:  []string{"HTTPS", "JSON", "PDF", "JWS (RFC 8037)"}, Class: InquiryD, Terms: []errs.Text{source, noPassing, fair, trafficOnly, watched},
		}),
		card(Service{
			ID: PostalChanges, Title: errs.T("سیاهه تغییر کدهای پستی", "Changes of postal codes"),
			Description: errs.T("کدهای افزوده، دگرگون و حذف‌شده پس از آخرین شماره‌ای که دیده‌اید.", "Codes that were added, altered and removed since the last number that you have seen."),
			Legal:       inquiryLaw, Users: agencies, Needs: errs.T("هدف، شناسه درخواست و شماره آخرین تغییر", "Purpose, identifier of the request, and the number of the last change"), Agency: post, Access: ByGrant,
			Identity: postGrant, Routes: []string{"GET /v1/postal-codes/changes"}, Formats: []string{"HTTPS", "JSON"}, Class: InquiryD,
			Terms: []errs.Text{source, noPassing, fair, trafficOnly},
		}),
		card(Service{
			ID: "nsdi-audit", Title: errs.T("حسابرسی", "Audit"),
			Description: errs.T("آنچه انجام و رد شده است، و نظر کاربران درباره خدمت‌ها، برای حسابرسان.", "What was done and refused, and what users think of the services, for auditors."),
			Legal:       []LegalGround{law("48", "حفظ درستی داده", "Integrity of data"), law("36", "گزارش ارزیابی خدمات", "Reports on ratings of services")},
			Users:       errs.T("حسابرسان دستگاه‌ها و کمیته راهبری", "Auditors of agencies and of the steering committee"), Needs: errs.T("بازه زمان و شناسه", "Period and identifiers"), FromAgencies: nothing,
			Access: ByRole, Identity: errs.T("ورود یا کلید با نقش حسابرس", "Sign-in, or a key, with the role of auditor"),
			Routes: []string{"GET /v1/audit", "GET /v1/audit/agencies", "GET /v1/audit.csv", "GET /v1/services/{id}/ratings"}, Formats: []string{"HTTPS", "JSON", "CSV"}, Class: DataClass,
			Terms: []errs.Text{recorded, errs.T("بیرون بردن سیاهه حسابرسی خود ثبت می‌شود.", "Taking the trail away is recorded itself.")},
		}),
		card(Service{
			ID: "nsdi-api", Title: errs.T("شرح رابط برنامه‌نویسی", "Description of the interface"),
			Description: errs.T("همه نشانی‌ها، پارامترها و پاسخ‌های سامانه به زبان OpenAPI.", "All addresses, parameters and answers of the system, in OpenAPI."),
			Legal:       []LegalGround{law("39", "اعلام شفاف ضوابط بهره‌برداری", "Plain terms of use")}, Users: errs.T("برنامه‌نویسان", "Programmers"), Needs: nothing, FromAgencies: nothing,
			Routes: []string{"GET /v1/limits", "GET /v1/verification-keys", "OPTIONS /v1/uploads", "GET /docs", "GET /openapi.json", "GET /openapi.yaml", "GET /openapi-3.0.json", "GET /openapi-3.0.yaml"}, Formats: []string{"HTTPS", "OpenAPI 3.1", "OpenAPI 3.0"},
			Terms: []errs.Text{errs.T("نشانی‌های ‎/v1 تا نسخه بعدی سازگار می‌ماند.", "Addresses below /v1 stay compatible until the next version.")},
		}),
		card(Service{
			ID: "nsdi-services", Title: errs.T("شناسنامه و ارزیابی خدمت‌ها", "Service cards and ratings"),
			Description: errs.T("شناسنامه و ضوابط هر خدمت را نشان می‌دهد و نظر کاربران را می‌گیرد.", "Shows card and terms of each service, and takes what users think of it."),
			Legal: []LegalGround{
				law("9 note 2", "شناسنامه خدمت", "Identity card of services"), law("36", "ارزیابی خدمات", "Rating of services"), law("39", "اعلام شفاف ضوابط بهره‌برداری", "Plain terms of use"),
			},
			Needs: errs.T("برای نظر دادن: امتیاز ۱ تا ۵ و اگر بخواهید چند جمله", "To rate: a score from 1 to 5, and a comment if you like"), FromAgencies: nothing,
			Routes: []string{"GET /v1/services", "GET /v1/services/{id}", "POST /v1/services/{id}/ratings", "GET /services", "POST /services/{id}/rating"}, Formats: []string{"HTTPS", "JSON", "HTML"}, Class: DataClass,
			Terms: []errs.Text{
				errs.T("هر کس در هر روز به هر خدمت یک بار نظر می‌دهد؛ نظر تازه جای نظر همان روز را می‌گیرد.", "Everybody rates a service once a day; a new rating replaces that of the same day."),
				errs.T("نشانی شبکه نظردهنده نگه داشته نمی‌شود.", "The network address of who rates is not kept."),
			},
		}),
	}
}
