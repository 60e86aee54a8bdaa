package gnaf_test

import (
	"fmt"

	"nsdi/gnaf"
)

func ExampleCheckPostalCode() {
	c := gnaf.CheckPostalCode("۸۹۱۷۹-۵۷۹۱۴")
	fmt.Println(c.Digits, c.Valid())
	for _, finding := range gnaf.CheckPostalCode("20254-18796").Errors {
		fmt.Println(finding.Code, finding.Message.EN)
	}
	// Output:
	// 8917957914 true
	// POSTCODE_PREFIX_DIGIT The first five digits of a postal code never hold 0 or 2.
}
