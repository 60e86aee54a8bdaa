package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nsdi/access"
	"nsdi/internal/fixture"
)

// What the Post's clients send and expect, field by field: rows in their order with their numbers, success by row, and a batch that has failed only when all have.
func TestFacade(t *testing.T) {
	t.Parallel()
	q := newQuarter(t)
	header := append([]string{"X-Purpose", "p"}, q.post...)
	call := func(path, body string) (int, map[string]any) {
		t.Helper()
		return q.post2(t, "/v1/post/"+path, body, header...)
	}
	fixture.Outline(t, q.pool, "IR-23-1-1", "district", "مرکزی", "IR-23", "POLYGON((51.3 35.6,51.5 35.6,51.5 35.8,51.3 35.8,51.3 35.6))")
	rows := fmt.Sprintf(`"Postcodes":[{"ClientRowID":7,"PostCode":%q},{"ClientRowID":3,"PostCode":"1"},{"ClientRowID":9,"PostCode":"1311133799"},{"ClientRowID":1,"PostCode":%q}]`, firstUnit, nextDoor)
	status, v := call("Postcode/GetAddress", `{"ClientBatchID":1,`+rows+`,"Signature":"whatever","Unknown":5}`)
	require.Equal(t, 200, status, v)
	require.Equal(t, []any{0.0, []any{7.0, 3.0, 9.0, 1.0}, []any{true, false, false, true}, []any{firstUnit, "1", "1311133799", nextDoor}},
		[]any{v["ResCode"], field(v, "Data", "ClientRowID"), field(v, "Data", "Succ"), field(v, "Data", "Postcode")})
	first := field(v, "Data", "Result")[0].(map[string]any)
	trace := first["TraceID"].(string)
	require.True(t, strings.HasPrefix(trace, "post-"), "an identifier is made where none was sent")
	delete(first, "TraceID")
	want := `{"Province":"تهران","TownShip":null,"Zone":"مرکزی","Village":null,"LocalityType":null,"LocalityName":"تهران","LocalityCode":0,"SubLocality":null,"Street2":null,
		"Street":"خیابان بهار","HouseNumber":10,"Floor":"0","SideFloor":"1","BuildingName":"برج آفتاب","Description":null,"PostCode":"1311133717","ErrorCode":0,"ErrorMessage":null}`
	got, err := json.Marshal(first)
	require.NoError(t, err)
	require.JSONEq(t, want, string(got))
	code := func(v map[string]any, row int) any {
		return field(v, "Data", "Errors")[row].(map[string]any)["ErrorCode"]
	}
	require.Equal(t, []any{nil, 1001.0, 9040.0}, []any{field(v, "Data", "Errors")[0], code(v, 1), code(v, 2)})
	var recorded string
	require.NoError(t, q.pool.QueryRow(t.Context(), `select kind || ' ' || answers || ' ' || request from access.inquiry`).Scan(&recorded))
	require.Equal(t, "post-GetAddress 2 "+trace, recorded)

	one := func(path, code string) map[string]any {
		t.Helper()
		status, v := call(path, fmt.Sprintf(`{"Postcodes":[{"ClientRowID":1,"PostCode":%q}]}`, code))
		require.Equal(t, 200, status, v)
		row := v["Data"].([]any)[0].(map[string]any)
		if row["Succ"] == true {
			require.Equal(t, 0.0, v["ResCode"])
			return row["Result"].(map[string]any)
		}
		require.Equal(t, v["ResCode"], row["Errors"].(map[string]any)["ErrorCode"], "a batch fails with the code of its rows")
		return row["Errors"].(map[string]any)
	}
	require.Equal(t, "تهران، خیابان بهار، پلاک 10، واحد 1", one("Postcode/GetAddressString", firstUnit)["Value"])
	require.Equal(t, []any{35.7, 51.4}, []any{one("Postcode/GetPosition", firstUnit)["Lat"], one("Postcode/GetEstimatedPosition", firstUnit)["Lon"]})
	require.InDelta(t, 51.4004, one("Postcode/GetAccuratePosition", nextDoor)["Lon"], 1e-9)
	require.Equal(t, 9040.0, one("Postcode/GetAccuratePosition", farAway)["ErrorCode"], "it is on no parcel")
	require.Len(t, one("Postcode/GetBuildingUnits", firstUnit)["Units"], 3)
	require.Equal(t, []any{true, false}, []any{one("Postcode/ValidatePostCode", firstUnit)["Valid"], one("Postcode/ValidatePostCode", "1311133799")["Valid"]})
	require.Equal(t, 1001.0, one("Postcode/ValidatePostCode", "0")["ErrorCode"])
	for _, service := range []string{"GetTelephones", "GetAddressAndTelephones", "GetWorkshop", "GetActivityCode"} {
		require.Equal(t, 9040.0, one("Postcode/"+service, firstUnit)["ErrorCode"], service)
		require.NotEmpty(t, one("Postcode/"+service, firstUnit)["ErrorMessage"])
	}

	telephone := func(area, number string) any {
		t.Helper()
		status, v := call("Telephone/GetAddress", fmt.Sprintf(`{"Telephones":[{"ClientRowID":1,"TelephoneNo":{"AreaCode":%q,"SubscriberNumber":%q}}]}`, area, number))
		require.Equal(t, 200, status, v)
		require.Equal(t, v["ResCode"], code(v, 0))
		return v["ResCode"]
	}
	require.Equal(t, []any{9040.0, 1201.0, 1202.0}, []any{telephone("021", "88776655"), telephone("2", "88776655"), telephone("21", "8x")})

	status, v = call("Address/GetPostcode", `{"Addresses":[{"ClientRowID":5,"Address":"تهران خیابان بهار پلاک ۱۰ واحد ۲"},{"ClientRowID":6,"Address":"تهران خیابان بهار"},{"ClientRowID":8,"Address":"!"}]}`)
	require.Equal(t, 200, status, v)
	require.Equal(t, []any{true, false, false}, field(v, "Data", "Succ"))
	require.Equal(t, secondUnit, field(v, "Data", "Result")[0].(map[string]any)["Postcodes"].([]any)[0].(map[string]any)["PostCode"])

	for path, body := range map[string]string{
		"Postcode/GetAddress": `{"Telephones":[{"TelephoneNo":{"AreaCode":"21","SubscriberNumber":"88776655"}}]}`, "Address/GetAddress": `{"Addresses":[{"Address":"x"}]}`,
		"Postcode/GetOwner": `{` + rows + `}`, "Owner/GetAddress": `{` + rows + `}`, "Postcode/GetPosition": `{"Postcodes":[` + strings.Repeat(`{"PostCode":"1"},`, 1000) + `{"PostCode":"1"}]}`,
	} {
		status, v := call(path, body)
		require.Equal(t, []any{422, "request-invalid"}, []any{status, v["code"]}, path)
	}
}

// The façade is no way around: the same sign-in, grants, record and identifiers.
func TestFacadeKeepsTheRules(t *testing.T) {
	t.Parallel()
	q := newQuarter(t)
	body := fmt.Sprintf(`{"Postcodes":[{"ClientRowID":1,"PostCode":%q}]}`, firstUnit)
	status, v := q.post2(t, "/v1/post/Postcode/GetAddress", body)
	require.Equal(t, []any{401, "sign-in-needed"}, []any{status, v["code"]})
	status, v = q.post2(t, "/v1/post/Postcode/GetAddress", body, q.firm...)
	require.Equal(t, []any{403, "grant-needed"}, []any{status, v["code"]})
	tracking := q.grant(t, access.PostalInquiry, "")
	status, v = q.post2(t, "/v1/post/Postcode/GetAddress", body, append([]string{"X-Request-Id", "f-1"}, q.firm...)...)
	require.Equal(t, 200, status, v)
	var purpose string
	require.NoError(t, q.pool.QueryRow(t.Context(), `select purpose from access.inquiry where request = 'f-1'`).Scan(&purpose))
	require.Equal(t, "as granted: "+tracking, purpose, "clients that send no purpose ask for what was granted")
	status, v = q.post2(t, "/v1/post/Postcode/GetAddressString", body, append([]string{"X-Request-Id", "f-1"}, q.firm...)...)
	require.Equal(t, []any{409, "request-identifier-used"}, []any{status, v["code"]})
	status, v = q.post2(t, "/v1/post/Postcode/GetBuildingUnits", body, q.firm...)
	require.Equal(t, []any{403, "grant-needed"}, []any{status, v["code"]}, "units of a building have a grant of their own")
	require.Contains(t, v["next_step"], access.BuildingInquiry)
	status, v = q.post2(t, "/v1/post/Postcode/GetAddress", body, q.post...)
	require.Equal(t, []any{422, "inquiry-incomplete"}, []any{status, v["code"]}, "the Post's own inquirers say what for")
	_, err := q.pool.Exec(t.Context(), `revoke insert on access.inquiry from nsdi_application`)
	require.NoError(t, err)
	status, v = q.post2(t, "/v1/post/Postcode/GetAddress", body, q.firm...)
	require.Equal(t, []any{503, "inquiry-not-recorded"}, []any{status, v["code"]})
	require.NotContains(t, fmt.Sprint(v), "بهار")
}
