//go:build race

package main

// gust__raceDetector would complain of how new connections are looked at; see gust__conn.reader.
const gust__raceDetector = true
