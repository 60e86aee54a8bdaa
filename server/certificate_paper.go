package server

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"nsdi/access"
	"nsdi/cadastre"
	"nsdi/gnaf"
	"nsdi/internal/errs"
	"nsdi/internal/paper"
)

// certificatePaper is what a certificate says, in the fields of the Post's own.
func certificatePaper(c *gnaf.Certificate, u gnaf.CodedUnit, division gnaf.Division, around *cadastre.Around, verify string) paper.Content {
	text := func(s string) errs.Text {
		if s == "" {
			return errs.T("—", "—")
		}
		return errs.T(errs.Decimals(s), s)
	}
	number := errs.T("—", "—")
	if u.Number != 0 {
		number = text(strings.TrimSpace(strconv.Itoa(u.Number) + " " + u.NumberSuffix))
	}
	floor := errs.T("—", "—")
	switch {
	case u.Floor == nil:
	case *u.Floor == 0:
		floor = errs.T("همکف", "ground floor")
	case *u.Floor < 0:
		floor = errs.T("زیرزمین "+errs.Decimals(strconv.Itoa(-*u.Floor)), "basement "+strconv.Itoa(-*u.Floor))
	default:
		floor = text(strconv.Itoa(*u.Floor))
	}
	place := fmt.Sprintf("%.6f, %.6f", u.Lat, u.Lon)
	return paper.Content{
		Title: errs.T("گواهی کد پستی ده‌رقمی", "Certificate of a postal code"),
		Note: errs.T("این گواهی نشانی منتشرشده را در تاریخ بالا نشان می‌دهد و سند مالکیت یا سکونت نیست.",
			"It shows the address as published on that day, and proves neither ownership nor residence."),
		Number: c.Number, Verify: verify, Issued: access.Jalali(c.Issued), IssuedISO: c.Issued.In(access.Iran()).Format(time.DateOnly), Zone: around.Zone, North: around.North,
		Rings: around.Rings, Neighbours: around.Other, Pin: &around.Place,
		Rows: []paper.Row{
			{Label: errs.T("کد پستی", "Postal code"), Value: errs.T(errs.Decimals(u.Code[:5]+"-"+u.Code[5:]), u.Code[:5]+"-"+u.Code[5:])},
			{Label: errs.T("اعتبار تا", "Valid until"), Value: errs.T(errs.Decimals(strings.ReplaceAll(access.Jalali(c.Expires), "-", "/")), c.Expires.In(access.Iran()).Format(time.DateOnly))},
			{Label: errs.T("استان", "Province"), Value: text(u.Province)},
			{Label: errs.T("شهرستان", "County"), Value: text(u.County)},
			{Label: errs.T("بخش", "District"), Value: text(division.District)},
			{Label: errs.T("دهستان", "Rural district"), Value: text(division.RuralDistrict)},
			{Label: errs.T("شهر یا آبادی", "City or village"), Value: text(u.City)},
			{Label: errs.T("محله", "Neighbourhood"), Value: text(u.Neighbourhood)},
			{Label: errs.T("معبر ماقبل آخر", "Second-last way"), Value: text(u.StreetBefore)},
			{Label: errs.T("معبر آخر", "Last way"), Value: text(u.Street)},
			{Label: errs.T("پلاک", "House number"), Value: number},
			{Label: errs.T("نام ساختمان", "Building"), Value: text(u.Building)},
			{Label: errs.T("طبقه", "Floor"), Value: floor},
			{Label: errs.T("واحد", "Unit"), Value: text(u.Unit)},
			{Label: errs.T("عرض و طول جغرافیایی", "Latitude, longitude"), Value: errs.T(place, place)},
		},
	}
}
