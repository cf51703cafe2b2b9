package main

import "time"

// statePatience is how long a swap waits for a program to hand its state over, and for the next one
// to take it. A program that holds a lock longer loses its state rather than the swap.
const statePatience = 2 * time.Second

// stateEvent tells what became of the values that a program keeps for its next version: once for
// what it says when it begins to keep them (phase "keep", and only if there is something to tell),
// and once after each save and each load.
type stateEvent struct {
	Event string `json:"event"`
	N     uint32 `json:"n"`
	Phase string `json:"phase"`
	// Kept are the names of all values that the program keeps so far.
	Kept []string `json:"kept"`
	// Restored have come from the version before.
	Restored []string `json:"restored"`
	// Lossy are parts of them that do not travel.
	Lossy []stateLoss `json:"lossy"`
	// Changed are of another type than before, and start as the program makes them.
	Changed []string `json:"changed"`
	// Unsaved could not be encoded or decoded; the name "*" stands for all of them.
	Unsaved []stateFailure `json:"unsaved"`
	// Dropped were kept by the version before, and by this one no more.
	Dropped []string `json:"dropped"`
	// Bytes is the size of what was saved.
	Bytes int64 `json:"bytes"`
}

// stateLoss names a part of a kept value that does not travel.
type stateLoss struct {
	Name  string `json:"name"`
	Field string `json:"field"`
}

type stateFailure struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}
