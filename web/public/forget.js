// Removes what a person left in this browser: a file of addresses under way, names of uploads, the purpose of questions. It is run by the page that follows signing
// out, and when another person signs in. Clear-Site-Data would do it over TLS only, and many servers are reached in the office without; it spares what a tab holds, too.
localStorage.clear() // which tells the other tabs
sessionStorage.clear()
indexedDB.deleteDatabase('nsdi-geocode')
