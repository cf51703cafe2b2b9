package gust__shim

import gust__atomic "sync/atomic"

// gust__label holds a []string of one: which build this is, as answers tell it. Nothing is in it
// where they are to tell nothing.
var gust__label gust__atomic.Value

// gust__desk is the socket at which gust itself answers what pages ask of it; "" without one.
var gust__desk string

// gust__run tells this run of gust from others, as each numbers its builds anew.
var gust__run string

// gust__setLabel takes words such as `13` or `12; stale; failed=13`; a first word `-` is followed by
// those that only the reserved path tells.
func gust__setLabel(words []string) {
	text := ""
	for i, word := range words {
		if i > 0 {
			text += " "
		}
		text += word
	}
	gust__label.Store([]string{text})
}

// gust__build returns the label, and whether all answers are to have it.
func gust__build() (label []string, tell bool) {
	label, _ = gust__label.Load().([]string)
	if len(label) == 0 || label[0] == "" {
		return nil, false
	}
	if gust__hasPrefix(label[0], "- ") {
		return []string{label[0][2:]}, false
	}
	return label, true
}
