//go:build !race

package gust__shim

const gust__raceDetector = false
