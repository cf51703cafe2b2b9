//go:build race

package gust__shim

// gust__raceDetector would complain of how new connections are looked at; see gust__conn.reader.
const gust__raceDetector = true
