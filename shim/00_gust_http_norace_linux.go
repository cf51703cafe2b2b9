//go:build !race

package main

const gust__raceDetector = false
