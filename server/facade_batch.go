package server

import (
	"strconv"

	"nsdi/gnaf"
)

type facadeInput struct {
	InquiryHeader
	Subject string `path:"subject" enum:"Postcode,Telephone,Address" doc:"What is asked by"`
	Service string `path:"service" enum:"GetAddress,GetAddressString,GetAddressAndPostcode,GetAddressAndTelephones,GetTelephones,GetPostcode,GetPosition,GetEstimatedPosition,GetAccuratePosition,GetBuildingUnits,GetWorkshop,GetActivityCode,ValidatePostCode,ValidateTelephone"`
	Body    facadeBatch
}

type facadeBatch struct {
	_             struct{}          `additionalProperties:"true"`
	ClientBatchID int64             `json:"ClientBatchID,omitempty"`
	Postcodes     []facadePostcode  `json:"Postcodes,omitempty" maxItems:"1000"`
	Telephones    []facadeTelephone `json:"Telephones,omitempty" maxItems:"1000"`
	Addresses     []facadeAddress   `json:"Addresses,omitempty" maxItems:"1000"`
	Signature     string            `json:"Signature,omitempty" doc:"Taken, and not looked at: how it is made is not published. Who asks is known by the API key"`
}

type facadePostcode struct {
	_           struct{} `additionalProperties:"true"`
	ClientRowID int64    `json:"ClientRowID,omitempty"`
	PostCode    string   `json:"PostCode" maxLength:"100"`
}

type facadeTelephone struct {
	_           struct{} `additionalProperties:"true"`
	ClientRowID int64    `json:"ClientRowID,omitempty"`
	TelephoneNo struct {
		AreaCode         string `json:"AreaCode" maxLength:"20"`
		SubscriberNumber string `json:"SubscriberNumber" maxLength:"20"`
	} `json:"TelephoneNo"`
}

type facadeAddress struct {
	_           struct{} `additionalProperties:"true"`
	ClientRowID int64    `json:"ClientRowID,omitempty"`
	Address     string   `json:"Address" maxLength:"500"`
}

type facadeBody struct {
	ResCode int         `json:"ResCode" doc:"0 when at least one row succeeded; otherwise the code of the rows, or 9040 where they differ"`
	ResMsg  string      `json:"ResMsg"`
	Data    []facadeRow `json:"Data" doc:"In the order of the question"`
}

type facadeRow struct {
	ClientRowID int64         `json:"ClientRowID"`
	Postcode    string        `json:"Postcode,omitempty" doc:"As it was sent"`
	Succ        bool          `json:"Succ"`
	Result      *facadeResult `json:"Result"`
	Errors      *facadeError  `json:"Errors"`
}

type facadeError struct {
	ErrorCode    int    `json:"ErrorCode"`
	ErrorMessage string `json:"ErrorMessage"`
}

// facadeResult has the fields of the service that was asked, and those that all have.
type facadeResult struct {
	*facadeParts
	Value        *string          `json:"Value,omitempty" doc:"GetAddressString: the address in one line"`
	Lat          *float64         `json:"Lat,omitempty"`
	Lon          *float64         `json:"Lon,omitempty"`
	Valid        *bool            `json:"Valid,omitempty" doc:"ValidatePostCode: a unit bears it now"`
	Units        []facadeParts    `json:"Units,omitempty" doc:"GetBuildingUnits"`
	Postcodes    []facadePossible `json:"Postcodes,omitempty" doc:"GetPostcode: the likeliest first"`
	PostCode     string           `json:"PostCode,omitempty"`
	TraceID      string           `json:"TraceID" doc:"Identifier under which the inquiry is recorded"`
	ErrorCode    int              `json:"ErrorCode"`
	ErrorMessage *string          `json:"ErrorMessage"`
}

// facadeParts is an address in the fields of the Post's certificate. What the register does not hold is null.
type facadeParts struct {
	Province     *string  `json:"Province"`
	TownShip     *string  `json:"TownShip"`
	Zone         *string  `json:"Zone"`
	Village      *string  `json:"Village"`
	LocalityType *string  `json:"LocalityType"`
	LocalityName *string  `json:"LocalityName"`
	LocalityCode int      `json:"LocalityCode"`
	SubLocality  *string  `json:"SubLocality"`
	Street2      *string  `json:"Street2"`
	Street       *string  `json:"Street"`
	HouseNumber  *float64 `json:"HouseNumber"`
	Floor        *string  `json:"Floor"`
	SideFloor    *string  `json:"SideFloor"`
	BuildingName *string  `json:"BuildingName"`
	Description  *string  `json:"Description"`
	UnitPostCode string   `json:"UnitPostCode,omitempty" doc:"GetBuildingUnits: code of this unit"`
}

type facadePossible struct {
	PostCode   string
	Address    string
	Confidence float64
}

// givenText is null for what is not known.
func givenText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func partsOf(u gnaf.CodedUnit) facadeParts {
	given := givenText
	p := facadeParts{
		Province: given(u.Province), TownShip: given(u.County), LocalityName: given(u.City), SubLocality: given(u.Neighbourhood), Street2: given(u.StreetBefore), Street: given(u.Street),
		SideFloor: given(u.Unit), BuildingName: given(u.Building), Description: given(u.NumberSuffix),
	}
	if u.Number != 0 {
		n := float64(u.Number)
		p.HouseNumber = &n
	}
	if u.Floor != nil {
		p.Floor = given(strconv.Itoa(*u.Floor))
	}
	return p
}
